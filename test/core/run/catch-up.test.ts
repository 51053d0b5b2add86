import { describe, expect, test } from 'vitest';
import { catchUp } from '../../../core/run/catch-up.ts';
import { tickOf } from '../../../core/run/tick.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { type Bench, failing, onEveryStore, T0, T1 } from '../../support/every-store.ts';

const tick = (i: number) => tickOf(Date.parse(T0) + i * 10 * MINUTE);
const ticks = (count: number) => Array.from({ length: count }, (_, i) => tick(i));

describe('what becomes of a backlog', () => {
  const three = ticks(3);

  test('none: nothing, its ticks stay missed', () => {
    expect(catchUp(three, 'none', undefined)).toEqual({ run: [], superseded: [] });
  });

  test('latest: the newest runs, the others are superseded', () => {
    const expected = { run: [tick(2)], superseded: [tick(0), tick(1)] };
    expect(catchUp(three, 'latest', undefined)).toEqual(expected);
    expect(catchUp(three, 'latest', tick(1))).toEqual(expected);
  });

  test('latest: where a newer one ran since, all are superseded', () => {
    for (const started of [tick(2), tick(3)])
      expect(catchUp(three, 'latest', started)).toEqual({ run: [], superseded: three });
  });

  test('all: in order, whatever ran since', () => {
    expect(catchUp(three, 'all', tick(3))).toEqual({ run: three, superseded: [] });
  });

  test('all: a hundred at most, the newest', () => {
    const { run, superseded } = catchUp(ticks(103), 'all', undefined);
    expect(run).toEqual(ticks(103).slice(3));
    expect(superseded).toEqual(ticks(3));
  });

  test('nothing of nothing', () => {
    for (const policy of ['none', 'latest', 'all'] as const)
      expect(catchUp([], policy, undefined)).toEqual({ run: [], superseded: [] });
  });
});

/** Ten ticks come at once, an hour and more late, and a sweep looks at what they left. */
async function afterOutage({ job, time }: Bench, count = 10): Promise<void> {
  time.advance(24 * 60 * MINUTE);
  for (const at of ticks(count)) await job.deliver(at);
  time.advance(3 * MINUTE);
  const rows = await Promise.all(ticks(count).map((at) => job.row(at)));
  await job.sweep(
    [],
    rows.filter((row) => row !== undefined).filter(({ retryAt }) => retryAt !== undefined),
  );
}

onEveryStore('ten ticks delivered after an outage', (bench) => {
  const statuses = async () => {
    const rows = await Promise.all(ticks(10).map((at) => bench.job.row(at)));
    return rows.map((row) => row && (row.reason ? `${row.status}: ${row.reason}` : row.status));
  };
  /** Runs all that is called, and says in which order. */
  const drain = async (code?: () => Promise<unknown>) => {
    const ran: string[] = [];
    while (bench.dispatches.open.length > 0) {
      const { tick, status } = await bench.job.deliverPlanned(code);
      ran.push(`${tick.slice(11, 16)} ${status}`);
    }
    return ran;
  };
  const succeeded = ticks(10).map((at) => `${at.slice(11, 16)} succeeded`);

  describe.each(['with', 'without'])('%s a lock', (lock) => {
    const used = async () => {
      if (lock === 'with')
        await bench.job.deliver('2026-02-28T00:00Z', undefined, { trigger: 'manual' });
    };

    test('none: their rows say misfire', async () => {
      await used();
      await afterOutage(bench);
      expect(await statuses()).toEqual(Array(10).fill('skipped: misfire'));
      expect(bench.dispatches.open).toEqual([]);
    });

    test('latest: one run, nine superseded', async () => {
      await used();
      bench.job.limits.catchUp = 'latest';
      await afterOutage(bench);
      expect(await drain()).toEqual([succeeded[9]]);
      expect(await statuses()).toEqual([...Array(9).fill('skipped: superseded'), 'succeeded']);
      expect((await bench.job.lock())?.waiting).toEqual({});
    });
  });

  test('all: ten runs in order, each called by the one before', async () => {
    const { job } = bench;
    await job.deliver('2026-02-28T00:00Z', undefined, { trigger: 'manual' });
    job.limits.catchUp = 'all';
    await afterOutage(bench);
    expect(await drain()).toEqual(succeeded);
    expect(await statuses()).toEqual(Array(10).fill('succeeded'));
    expect((await job.lock())?.waiting).toEqual({});
    expect(await job.row(T0)).toMatchObject({ trigger: 'catch-up', attempt: 1 });
  });

  test('all, of a job that never ran: the first is delivered, the others by the next sweep', async () => {
    const { job, time } = bench;
    job.limits.catchUp = 'all';
    await afterOutage(bench);
    expect(await drain()).toEqual([succeeded[0]]);
    time.advance(5 * MINUTE);
    const rows = await Promise.all(ticks(10).map((at) => job.row(at)));
    await job.sweep(
      [],
      rows.filter((row) => row !== undefined).filter(({ status }) => status === 'missed'),
    );
    expect(await drain()).toEqual(succeeded.slice(1));
  });

  test('all: one that fails is tried again like any other, and the next goes on', async () => {
    const { job } = bench;
    await job.deliver('2026-02-28T00:00Z', undefined, { trigger: 'manual' });
    Object.assign(job.limits, { catchUp: 'all', retryDelays: [MINUTE] });
    await afterOutage(bench, 2);
    expect(await job.deliverPlanned(failing)).toMatchObject({ status: 'failed', tick: T0 });
    expect(job.dispatches.open).toMatchObject([
      { event: { scheduledTime: T0, trigger: 'retry', attempt: 2 } },
      { time: 'now', event: { scheduledTime: T1, trigger: 'catch-up', attempt: 1 } },
    ]);
    // The end of the retry calls the second once more, which is a duplicate.
    expect((await drain()).filter((line) => line.endsWith('succeeded')).sort()).toEqual(
      succeeded.slice(0, 2),
    );
  });

  test('latest: the turn of one that a newer tick has overtaken comes to nothing', async () => {
    const { job, time } = bench;
    job.timeout = 60 * MINUTE;
    job.limits.catchUp = 'latest';
    const live = await job.begins('2026-02-28T23:50Z');
    time.advance(20 * MINUTE);
    await job.sweep([T0]);
    live.finish();
    await live.outcome;
    expect((await job.deliver(T1)).status).toBe('succeeded');
    expect(await job.deliverPlanned()).toMatchObject({ status: 'skipped', reason: 'superseded' });
    expect(await job.row(T0)).toMatchObject({ status: 'skipped', reason: 'superseded' });
    expect((await job.lock())?.waiting).toEqual({});
    // The end of the newer one has called it, too.
    expect(await drain()).toEqual(['00:00 duplicate']);
  });

  test('all: a tick of today goes first, and is not skipped for the backlog', async () => {
    const { job, time } = bench;
    await job.deliver('2026-02-28T00:00Z', undefined, { trigger: 'manual' });
    job.limits.catchUp = 'all';
    await afterOutage(bench, 3);
    expect((await job.deliver(time.clock())).status).toBe('succeeded');
    expect((await drain()).filter((line) => line.endsWith('succeeded'))).toEqual(
      succeeded.slice(0, 3),
    );
  });

  test('all: a backlog waits for the run that lives, and is not skipped', async () => {
    const { job, time } = bench;
    await job.deliver('2026-02-28T00:00Z', undefined, { trigger: 'manual' });
    job.limits.catchUp = 'all';
    job.timeout = 60 * MINUTE;
    time.advance(24 * 60 * MINUTE);
    for (const at of ticks(3)) await job.deliver(at);
    const live = await job.begins(time.clock());
    time.advance(3 * MINUTE);
    const rows = await Promise.all(ticks(3).map((at) => job.row(at)));
    await job.sweep(
      [],
      rows.filter((row) => row !== undefined),
    );
    expect(job.dispatches.open).toEqual([]);
    live.finish();
    await live.outcome;
    expect(await drain()).toEqual(succeeded.slice(0, 3));
  });

  test('all: the first of a job that never ran waits for a run that was faster', async () => {
    const { job, time } = bench;
    job.limits.catchUp = 'all';
    await afterOutage(bench, 1);
    const live = await job.begins(time.clock());
    expect((await job.deliverPlanned()).status).toBe('waiting');
    live.finish();
    await live.outcome;
    expect(await drain()).toEqual(succeeded.slice(0, 1));
  });

  test('all: a pause ends each of them, and the backlog with them', async () => {
    const { job } = bench;
    await job.deliver('2026-02-28T00:00Z', undefined, { trigger: 'manual' });
    job.limits.catchUp = 'all';
    await afterOutage(bench, 3);
    await job.pauses();
    await drain();
    expect((await statuses()).slice(0, 3)).toEqual(Array(3).fill('skipped: paused'));
    expect((await job.lock())?.waiting).toEqual({});
  });
});
