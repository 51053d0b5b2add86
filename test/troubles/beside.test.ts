import { beforeAll, describe, expect, test } from 'vitest';
import { play, type Seen, timeAt } from './play.ts';
import { WORK } from './schedules.ts';

const GROUPED = [1, 2, 3, 4, 5].map((priority) => `of-priority-${priority}`);
/**
 * How long after a run has ended the one that waited for it has begun, at most, in milliseconds: some
 * tenths of a second, and more where the machine is busy. Whoever polled would need minutes.
 */
const AT_ONCE = 3_000;

/** When each tick of those that buffer is delivered: while the first runs, half a second apart. */
const DELIVERED: Record<string, number> = {
  '2026-03-01T00:01Z': timeAt('00:10'),
  '2026-03-01T00:02Z': timeAt('00:10') + 500,
  '2026-03-01T00:03Z': timeAt('00:10') + 1_000,
};

let seen: Seen;

beforeAll(async () => {
  seen = await play({
    part: 'beside',
    to: timeAt('00:12'),
    warm: [...GROUPED, ...Array(2).fill('buffers-two'), ...Array(3).fill('buffers-three')],
    deliveries: (job, tick) =>
      job.startsWith('buffers-') ? [(DELIVERED[tick] ?? 0) - Date.parse(tick)] : [0],
  });
});

/** The runs of some jobs as they were seen by their own code, in order of their start. */
function runsOf(jobs: string[]) {
  const of = (what: string) =>
    seen.notes.filter((note) => jobs.includes(note.job) && note.what === what);
  return of('started').map((start) => ({
    ...start,
    end: of('ended').find(({ job, tick }) => job === start.job && tick === start.tick)?.at ?? NaN,
  }));
}

/** How many runs live at the moment this one starts, itself included. */
function liveAt(at: number, runs: ReturnType<typeof runsOf>): number {
  return runs.filter((run) => run.at <= at && at < run.end).length;
}

describe('five jobs in a group of two, all due at once', () => {
  test('all five run, and succeed', () => {
    const rows = seen.rows.filter(({ job }) => GROUPED.includes(job));
    expect(rows.map(({ job, status }) => `${job} ${status}`).sort()).toEqual(
      GROUPED.map((job) => `${job} succeeded`),
    );
  });

  test('never more than two live', () => {
    const runs = runsOf(GROUPED);
    expect(Math.max(...runs.map(({ at }) => liveAt(at, runs)))).toBe(2);
  });

  test('those that wait start in the order of their priority', () => {
    const waited = runsOf(GROUPED).slice(2);
    const order = waited.map(({ job }) => job);
    expect(order).toEqual(order.toSorted().reverse());
  });

  test('each turn begins as soon as a run ends: nobody polls', () => {
    const runs = runsOf(GROUPED);
    const ends = runs.map(({ end }) => end).sort();
    const delays = runs.slice(2).map(({ at }, i) => at - (ends[i] ?? Number.NaN));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(AT_ONCE);
  });
});

describe('a tick that comes due while its job runs, with bufferOne', () => {
  test('waits, and starts as soon as the run before it ends', () => {
    const [first, second, ...more] = runsOf(['buffers-two']);
    expect(more).toEqual([]);
    expect(first?.tick).toBe('2026-03-01T00:01Z');
    const delay = (second?.at ?? Number.NaN) - (first?.end ?? Number.NaN);
    expect(delay).toBeGreaterThanOrEqual(0);
    expect(delay).toBeLessThan(AT_ONCE);
    // It came half a second after the first, and did not run until that was over.
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(WORK);
  });

  test('is superseded by the next one that comes', () => {
    const ends = seen.rows
      .filter(({ job }) => job === 'buffers-three')
      .map(({ tick, status, reason }) => `${tick.slice(11)} ${status} ${reason ?? ''}`.trim());
    expect(ends).toEqual(['00:01Z succeeded', '00:02Z skipped superseded', '00:03Z succeeded']);
    const [first, third, ...more] = runsOf(['buffers-three']);
    expect(more).toEqual([]);
    const delay = (third?.at ?? Number.NaN) - (first?.end ?? Number.NaN);
    expect(delay).toBeGreaterThanOrEqual(0);
    expect(delay).toBeLessThan(AT_ONCE);
  });
});

test('nobody waits any more, and nobody holds a lock', () => {
  for (const { holders, waiting } of seen.locks) {
    expect(holders).toEqual({});
    expect(waiting).toEqual({});
  }
});
