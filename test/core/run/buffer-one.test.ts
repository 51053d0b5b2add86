import { expect, test } from 'vitest';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, T2, T3 } from '../../support/every-store.ts';

onEveryStore('overlap: bufferOne', (bench) => {
  /** A run that a tick has to wait for. */
  const busy = async () => {
    bench.job.limits.overlap = 'bufferOne';
    return bench.job.begins(T0);
  };
  const waiting = async () => Object.values((await bench.job.lock())?.waiting ?? {});

  test('a tick that comes due while the job runs waits, without a row', async () => {
    const { job, time } = bench;
    job.payload = { daysAhead: 30 };
    await busy();
    time.advance(MINUTE);
    expect(await job.deliver(T1)).toMatchObject({ status: 'waiting' });
    expect(await job.row(T1)).toBeUndefined();
    expect(await waiting()).toEqual([
      {
        job: job.job,
        tick: T1,
        attempt: 1,
        trigger: 'schedule',
        payload: '{"daysAhead":30}',
        priority: 0,
        concurrency: 1,
        since: time.clock(),
      },
    ]);
    expect(job.dispatches.open).toEqual([]);
  });

  test('it starts when the live one ends, by its release', async () => {
    const { job, time } = bench;
    job.payload = { daysAhead: 30 };
    const first = await busy();
    await job.deliver(T1);
    time.advance(2 * MINUTE);
    first.finish();
    await first.outcome;
    expect(job.dispatches.open).toEqual([
      {
        time: 'now',
        event: {
          job: job.job,
          scheduledTime: T1,
          trigger: 'schedule',
          attempt: 1,
          payload: { daysAhead: 30 },
          waitingSince: '2026-03-01T00:00:00.000Z',
        },
      },
    ]);
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', tick: T1 });
    expect(await waiting()).toEqual([]);
    expect(job.dispatches.open).toEqual([]);
  });

  test.each([
    ['fails', failing],
    ['fails for good', failing],
  ])('also where the live one %s', async (how) => {
    const { job } = bench;
    if (how === 'fails for good') job.limits.retryDelays = [];
    const first = await busy();
    await job.deliver(T1);
    first.fail(new Error('no luck'));
    await first.outcome;
    expect(job.dispatches.open.at(-1)).toMatchObject({ time: 'now', event: { scheduledTime: T1 } });
  });

  test('a newer tick takes its place, and it ends as superseded', async () => {
    const { job } = bench;
    const first = await busy();
    await job.deliver(T1);
    expect(await job.deliver(T2)).toMatchObject({ status: 'waiting' });
    expect(await job.row(T1)).toMatchObject({
      status: 'skipped',
      reason: 'superseded',
      attempt: 1,
    });
    expect(job.closed).toMatchObject([{ tick: T1, reason: 'superseded' }]);
    expect(await waiting()).toMatchObject([{ tick: T2 }]);
    first.finish();
    await first.outcome;
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', tick: T2 });
    expect(await job.deliver(T1)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
    expect((await job.row(T1))?.status).toBe('skipped');
  });

  test('an older tick does not take it: it is superseded itself', async () => {
    const { job } = bench;
    await busy();
    await job.deliver(T2);
    expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'superseded' });
    expect(await waiting()).toMatchObject([{ tick: T2 }]);
  });

  test('a newer tick that finds the lock free runs at once, and ends the older one', async () => {
    const { job } = bench;
    const first = await busy();
    await job.deliver(T1);
    first.finish();
    await first.outcome;
    // The turn of T1 has been called, and is on its way.
    expect((await job.deliver(T2)).status).toBe('succeeded');
    expect(await job.row(T1)).toMatchObject({ status: 'skipped', reason: 'superseded' });
    expect(await waiting()).toEqual([]);
    expect(await job.deliverPlanned()).toMatchObject({
      status: 'duplicate',
      reason: 'already_ended',
    });
  });

  test('duplicates of a tick that waits are none of its turn', async () => {
    const { job } = bench;
    const first = await busy();
    await job.deliver(T1);
    for (let copies = 0; copies < 2; copies++)
      expect(await job.deliver(T1)).toMatchObject({
        status: 'duplicate',
        reason: 'already_waiting',
      });
    first.finish();
    await first.outcome;
    expect(job.dispatches.open).toHaveLength(1);
    // A copy of the schedule's delivery takes the turn; the turn itself is the duplicate.
    expect((await job.deliver(T1)).status).toBe('succeeded');
    expect((await job.deliverPlanned()).status).toBe('duplicate');
    expect(job.dispatches.open).toEqual([]);
  });

  test('a turn whose call was lost is taken by the next tick, or called again by a sweep', async () => {
    const { job, time } = bench;
    const first = await busy();
    await job.deliver(T1);
    job.dispatches.isAway = true;
    first.finish();
    await expect(first.outcome).rejects.toMatchObject({ name: 'DispatchError' });
    job.dispatches.isAway = false;
    expect(await waiting()).toMatchObject([{ tick: T1 }]);
    time.advance(MINUTE);
    await job.sweep();
    expect(job.dispatches.open).toEqual([]); // it may still be on its way
    time.advance(MINUTE);
    await job.sweep();
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', tick: T1 });
    expect(await waiting()).toEqual([]);
  });

  test('it gets its turn also from whoever seals a dead run', async () => {
    const { job, time } = bench;
    job.limits.overlap = 'bufferOne';
    await job.dies(T0);
    await job.deliver(T1);
    time.advance(6 * MINUTE);
    await job.sweep();
    // Beside the dead run's own retry.
    expect(new Set(job.dispatches.agenda)).toEqual(
      new Set([`${job.job} 00:00 at 00:07`, `${job.job} 00:10 now`]),
    );
  });

  test('it may have waited longer than the grace', async () => {
    const { job, time } = bench;
    job.timeout = 24 * 60 * MINUTE;
    job.limits.misfireGrace = MINUTE;
    const first = await busy();
    time.advance(10 * MINUTE);
    await job.deliver(T1);
    time.advance(3 * 60 * MINUTE);
    first.finish();
    await first.outcome;
    expect((await job.deliverPlanned()).status).toBe('succeeded');
  });

  test('whose turn finds another there waits on, since when it came', async () => {
    const { job } = bench;
    await busy();
    const waitingSince = '2026-02-28T23:59:00.000Z';
    expect((await job.deliver(T1, undefined, { waitingSince })).status).toBe('waiting');
    expect(await waiting()).toMatchObject([{ tick: T1, since: Date.parse(waitingSince) }]);
  });

  test('paused meanwhile, it is skipped when its turn comes, and leaves the queue', async () => {
    const { job } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [] });
    const first = await busy();
    await job.deliver(T1);
    first.fail(new Error('no luck'));
    await first.outcome;
    expect(await job.deliverPlanned()).toMatchObject({ status: 'skipped', reason: 'paused' });
    expect(await waiting()).toEqual([]);
  });

  test('a retry waits like any tick, with its attempt', async () => {
    const { job } = bench;
    job.limits.overlap = 'bufferOne';
    await job.deliver(T0, failing);
    const second = await job.begins(T1);
    expect(await job.deliverPlanned()).toMatchObject({ status: 'waiting', attempt: 2 });
    second.finish();
    await second.outcome;
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await job.row(T0)).toMatchObject({ attempt: 2, earlier: [{ attempt: 1 }] });
  });

  test('with a concurrency of two the third waits, and one of the two calls it', async () => {
    const { job } = bench;
    Object.assign(job.limits, { concurrency: 2, room: 2 });
    await busy();
    const second = await job.begins(T1);
    expect((await job.deliver(T2)).status).toBe('waiting');
    second.finish();
    await second.outcome;
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', tick: T2 });
    expect((await job.deliver(T3)).status).toBe('succeeded');
  });
});
