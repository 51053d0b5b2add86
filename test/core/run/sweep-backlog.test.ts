import { describe, expect, test } from 'vitest';
import type { Run } from '../../../core/run/states.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, T2, T3 } from '../../support/every-store.ts';

onEveryStore('an attempt that was due a while ago', (bench) => {
  /** Its row, and nobody who would deliver it. */
  const lost = async (): Promise<Run> => {
    const { job } = bench;
    await job.deliver(T0, failing);
    job.dispatches.take(job.job);
    return (await job.row(T0)) as Run;
  };

  test('is delivered again, with the payload of the list', async () => {
    const { job } = bench;
    job.payload = { daysAhead: 30 };
    const row = await lost();
    bench.time.advance(3 * MINUTE);
    expect(await job.sweep([], [row])).toEqual([]);
    expect(job.dispatches.open).toEqual([
      {
        time: 'now',
        event: {
          job: job.job,
          scheduledTime: T0,
          trigger: 'retry',
          attempt: 2,
          payload: { daysAhead: 30 },
        },
      },
    ]);
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test.each(['schedule', 'catch-up'] as const)('also where its first was %s', async (trigger) => {
    const { job } = bench;
    await job.deliver(T0, failing, { trigger });
    job.dispatches.take(job.job);
    await job.sweep([], [(await job.row(T0)) as Run]);
    expect(job.dispatches.open).toMatchObject([{ event: { trigger: 'retry', attempt: 2 } }]);
  });

  test('is not where it lives', async () => {
    const { job } = bench;
    const row = await lost();
    await job.begins(T0, { attempt: 2, trigger: 'retry' });
    await job.sweep([], [row]);
    expect(job.dispatches.open).toEqual([]);
  });

  test('is not where it waits for its turn', async () => {
    const { job } = bench;
    job.limits.overlap = 'bufferOne';
    const row = await lost();
    await job.begins(T1);
    await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' });
    await job.sweep([], [row]);
    expect(job.dispatches.open).toEqual([]);
  });
});

onEveryStore('a backlog that nobody delivered', (bench) => {
  describe.each([
    ['none', ['missed', 'missed', 'missed'], undefined],
    ['latest', ['skipped', 'skipped', 'missed'], T2],
    ['all', ['missed', 'missed', 'missed'], T0],
  ] as const)('catchUp: %s', (catchUp, statuses, first) => {
    test('is closed, and what is to run is told apart', async () => {
      const { job, time } = bench;
      await job.deliver('2026-02-28T23:50Z');
      job.limits.catchUp = catchUp;
      time.advance(90 * MINUTE);
      await job.sweep([T0, T1, T2]);
      const rows = await Promise.all([T0, T1, T2].map((at) => job.row(at)));
      expect(rows.map((row) => row?.status)).toEqual(statuses);
      const open = rows.filter((row) => row?.retryAt !== undefined).map((row) => row?.tick);
      expect(open).toEqual(catchUp === 'none' ? [] : catchUp === 'latest' ? [T2] : [T0, T1, T2]);
      const called = job.dispatches.open.map(({ event }) => event.scheduledTime);
      expect(called).toEqual(first ? [first] : []);
    });
  });

  test('latest: a newer tick ran since: all of it is superseded', async () => {
    const { job, time } = bench;
    job.limits.catchUp = 'latest';
    await job.deliver(T2);
    time.advance(90 * MINUTE);
    await job.sweep([T0, T1]);
    for (const at of [T0, T1])
      expect(await job.row(at)).toMatchObject({ status: 'skipped', reason: 'superseded' });
    expect(job.dispatches.open).toEqual([]);
  });

  test('all: a sweep that died after the rows is finished by the next', async () => {
    const { job, time } = bench;
    await job.deliver('2026-02-28T23:50Z');
    job.limits.catchUp = 'all';
    time.advance(90 * MINUTE);
    job.dispatches.isAway = true;
    await expect(job.sweep([T0, T1])).rejects.toMatchObject({ name: 'DispatchError' });
    job.dispatches.isAway = false;
    time.advance(5 * MINUTE);
    const rows = [await job.row(T0), await job.row(T1)] as Run[];
    await job.sweep([], rows);
    const ran: string[] = [];
    while (job.dispatches.open.length > 0) ran.push((await job.deliverPlanned()).tick);
    expect(ran).toEqual([T0, T1]);
    expect(job.closed).toHaveLength(2);
  });

  test('all: what waits already is left alone by the next sweep', async () => {
    const { job, time } = bench;
    await job.deliver('2026-02-28T23:50Z');
    job.limits.catchUp = 'all';
    job.timeout = 60 * MINUTE;
    const live = await job.begins(T2);
    time.advance(20 * MINUTE);
    await job.sweep([T0, T1]);
    const rows = [await job.row(T0), await job.row(T1)] as Run[];
    time.advance(5 * MINUTE);
    expect(await job.sweep([], rows)).toEqual([]);
    expect(job.dispatches.open).toEqual([]);
    live.finish();
    await live.outcome;
    expect(job.dispatches.open).toHaveLength(1);
  });

  test('all: what is found later waits for what was found before', async () => {
    const { job, time } = bench;
    await job.deliver('2026-02-28T23:50Z');
    job.limits.catchUp = 'all';
    job.timeout = 60 * MINUTE;
    const live = await job.begins(T3);
    time.advance(40 * MINUTE);
    await job.sweep([T0, T1]);
    time.advance(5 * MINUTE);
    await job.sweep([T2]);
    expect(Object.values((await job.lock())?.waiting ?? {})).toMatchObject([
      { tick: T0, rest: [T1] },
    ]);
    expect(await job.row(T2)).toMatchObject({ status: 'missed', retryAt: expect.any(String) });
    live.finish();
    await live.outcome;
  });

  test('all: what waits for its turn is not closed by a list that wants none caught up', async () => {
    const { job, time } = bench;
    await job.deliver('2026-02-28T23:50Z');
    job.limits.catchUp = 'all';
    job.timeout = 60 * MINUTE;
    await job.begins(T2);
    time.advance(20 * MINUTE);
    await job.sweep([T0, T1]);
    job.limits.catchUp = 'none';
    time.advance(5 * MINUTE);
    const rows = [await job.row(T0), await job.row(T1)] as Run[];
    expect(await job.sweep([], rows)).toEqual([]);
    expect(await job.row(T1)).toEqual(rows[1]);
  });

  test('that the list no longer wants caught up is missed for good', async () => {
    const { job, time } = bench;
    job.limits.catchUp = 'all';
    await job.sweep([T0]);
    job.dispatches.take(job.job);
    job.limits.catchUp = 'none';
    time.advance(5 * MINUTE);
    expect(await job.sweep([], [(await job.row(T0)) as Run])).toMatchObject([
      { tick: T0, status: 'missed', reason: 'not_delivered' },
    ]);
    expect(await job.row(T0)).not.toHaveProperty('retryAt');
    expect(job.dispatches.open).toEqual([]);
  });
});
