import { describe, expect, test } from 'vitest';
import { dueTicks, holdAt, type Swept } from '../../../core/run/expected.ts';
import { tickOf } from '../../../core/run/tick.ts';
import { DAY, HOUR, MINUTE } from '../../../core/schedule/duration.ts';

const at = (time: string) => Date.parse(time);
/** Fires at 09:00, 09:10, 09:20 ...; a delivery more than five minutes late is refused. */
const report = {
  expressions: ['cron(0/10 * * * ? *)'],
  timeZone: 'UTC',
  misfireGrace: 5 * MINUTE,
};

/** What is remembered of a job whose ticks up to `until` are known to have their rows. */
function sweptUntil(until: string, job = report): Swept {
  return { ...dueTicks(job, undefined, at(until)).swept, until };
}

describe('a job seen for the first time', () => {
  test('starts now: no tick before is expected', () => {
    const { ticks, swept } = dueTicks(report, undefined, at('2026-03-01T09:04:30Z'));
    expect(ticks).toEqual([]);
    expect(swept.until).toBe('2026-03-01T09:04Z');
  });

  test('is waited for from its next tick on, which may take until the grace is over', () => {
    const { swept } = dueTicks(report, undefined, at('2026-03-01T09:04:30Z'));
    const early = dueTicks(report, swept, at('2026-03-01T09:09:00Z'));
    expect(early).toEqual({ ticks: [], swept, cut: false });
    expect(dueTicks(report, early.swept, at('2026-03-01T09:19:00Z')).ticks).toEqual([
      '2026-03-01T09:10Z',
    ]);
  });
});

describe('the window', () => {
  test('ends where the grace does: a tick that may still run is not due', () => {
    const seen = sweptUntil('2026-03-01T09:04Z');
    expect(dueTicks(report, seen, at('2026-03-01T09:15:00.000Z')).ticks).toEqual([]);
    expect(dueTicks(report, seen, at('2026-03-01T09:15:00.001Z')).ticks).toEqual([
      '2026-03-01T09:10Z',
    ]);
  });

  test('sweep after sweep, every tick is due once, whenever the sweeps come', () => {
    const start = at('2026-03-01T09:00Z');
    let seen = sweptUntil('2026-03-01T08:59Z');
    const found: string[] = [];
    for (let now = start; now < start + 3 * HOUR; now += 60_001) {
      const { ticks, swept } = dueTicks(report, seen, now);
      found.push(...ticks);
      seen = swept;
    }
    const nominal = Array.from({ length: 18 }, (_, i) => tickOf(start + i * 10 * MINUTE));
    expect(found).toEqual(nominal); // the last is 11:50: that of 12:00 has its grace yet
  });

  test('is longer where the sweeper was away, and the ticks of all expressions are in it', () => {
    const job = { ...report, expressions: ['cron(0 * * * ? *)', 'cron(30 0/2 * * ? *)'] };
    const { ticks, cut } = dueTicks(
      job,
      sweptUntil('2026-03-01T09:00Z', job),
      at('2026-03-01T12:20Z'),
    );
    expect(ticks).toEqual([
      '2026-03-01T10:00Z',
      '2026-03-01T10:30Z',
      '2026-03-01T11:00Z',
      '2026-03-01T12:00Z',
    ]);
    expect(cut).toBe(false);
  });

  test('reaches back a day at most, and says so', () => {
    const now = at('2026-03-05T12:00:30Z');
    const { ticks, swept, cut } = dueTicks(report, sweptUntil('2026-03-01T09:00Z'), now);
    expect(ticks).toHaveLength(144);
    expect(ticks[0]).toBe('2026-03-04T12:00Z');
    expect(ticks.at(-1)).toBe('2026-03-05T11:50Z');
    expect(swept.until).toBe('2026-03-05T11:55Z');
    expect(cut).toBe(true);
  });

  test('reaches back a day from the end of a grace that is longer than a day', () => {
    const job = { ...report, expressions: ['cron(0 9 * * ? *)'], misfireGrace: 2 * DAY };
    const seen = sweptUntil('2026-03-01T08:00Z', job);
    expect(dueTicks(job, seen, at('2026-03-03T09:01Z'))).toMatchObject({
      ticks: ['2026-03-01T09:00Z'],
      cut: false,
    });
  });

  test('never goes back, where the grace grew', () => {
    const seen = sweptUntil('2026-03-01T09:14Z');
    const patient = { ...report, misfireGrace: HOUR };
    expect(dueTicks(patient, seen, at('2026-03-01T09:25Z'))).toEqual({
      ticks: [],
      swept: seen,
      cut: false,
    });
  });
});

describe('a deploy', () => {
  test.each([
    ['moves the ticks', { expressions: ['cron(7/10 * * * ? *)'] }],
    ['moves the time zone', { timeZone: 'Asia/Kathmandu' }],
    ['splits the expression', { expressions: ['cron(0 * * * ? *)', 'cron(10/10 * * * ? *)'] }],
  ])('that %s starts the job anew', (_, change) => {
    const seen = sweptUntil('2026-03-01T09:00Z');
    const { ticks, swept } = dueTicks({ ...report, ...change }, seen, at('2026-03-01T11:00Z'));
    expect(ticks).toEqual([]);
    expect(swept.until).toBe('2026-03-01T11:00Z');
    expect(swept.expressions).not.toBe(seen.expressions);
  });

  test('that leaves them alone changes nothing', () => {
    const seen = sweptUntil('2026-03-01T09:00Z');
    const impatient = { ...report, misfireGrace: MINUTE };
    expect(dueTicks(impatient, seen, at('2026-03-01T09:12Z')).ticks).toEqual(['2026-03-01T09:10Z']);
  });
});

describe('in Oslo', () => {
  const nightly = { ...report, expressions: ['cron(30 2 * * ? *)'], timeZone: 'Europe/Oslo' };
  const expected = (from: string, to: string) =>
    dueTicks(nightly, sweptUntil(from, nightly), at(to)).ticks;

  test('the tick inside the hour that spring takes out is not expected', () => {
    expect(expected('2026-03-28T00:00Z', '2026-03-28T23:00Z')).toEqual(['2026-03-28T01:30Z']);
    expect(expected('2026-03-29T00:00Z', '2026-03-29T23:00Z')).toEqual([]);
  });

  test('the tick inside the hour that autumn repeats is expected once', () => {
    expect(expected('2026-10-25T00:00Z', '2026-10-25T23:00Z')).toEqual(['2026-10-25T00:30Z']);
  });
});

test('the ticks of a rate are not expected: nobody knows its phase', () => {
  const job = { ...report, expressions: ['rate(7 minutes)'] };
  const seen = sweptUntil('2026-03-01T09:00Z', job);
  expect(dueTicks(job, seen, at('2026-03-01T12:00Z')).ticks).toEqual([]);
});

describe('a tick that is still open', () => {
  const seen = sweptUntil('2026-03-01T08:55Z');
  const first = dueTicks(report, seen, at('2026-03-01T09:26Z'));

  test('is due again at the next sweep, and so is what came after it', () => {
    const held = holdAt(first.swept, ['2026-03-01T09:20Z', '2026-03-01T09:10Z']);
    expect(first.ticks).toEqual(['2026-03-01T09:00Z', '2026-03-01T09:10Z', '2026-03-01T09:20Z']);
    expect(dueTicks(report, held, at('2026-03-01T09:36Z')).ticks).toEqual([
      '2026-03-01T09:10Z',
      '2026-03-01T09:20Z',
      '2026-03-01T09:30Z',
    ]);
  });

  test('that is none lets the window go on', () => {
    expect(holdAt(first.swept, [])).toEqual(first.swept);
  });
});
