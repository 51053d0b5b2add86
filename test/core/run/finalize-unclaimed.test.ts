import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1 } from '../../support/every-store.ts';

const ENDS = { trigger: 'retry', attempt: 2 } as const;

onEveryStore('a delivery that never got its lock', (bench) => {
  describe.each(['with', 'without'])('%s a lock', (lock) => {
    const used = async () => {
      if (lock === 'with') await bench.job.deliver('2026-02-28T23:50Z');
    };

    test('because its code dies at import: crashed, tried again, and counted at last', async () => {
      await used();
      const { job, time } = bench;
      Object.assign(job.limits, { retryDelays: [MINUTE], pauseAfter: 1 });
      const error = { name: 'ReferenceError', message: 'x is not defined' };
      await job.fails(T0, { how: 'threw', error, requestId: 'r1' });
      expect(await job.row(T0)).toMatchObject({
        status: 'crashed',
        error,
        attempt: 1,
        retryAt: '2026-03-01T00:01:00.000Z',
      });
      expect(job.dispatches.open).toMatchObject([{ event: ENDS }]);
      time.advance(MINUTE);
      await job.fails(T0, { how: 'threw', error, requestId: 'r2', delivery: { ...ENDS } });
      await job.fails(T0, { how: 'threw', error, requestId: 'r2', delivery: { ...ENDS } });
      const row = await job.row(T0);
      expect(row).toMatchObject({
        status: 'crashed',
        attempt: 2,
        earlier: [{ attempt: 1, error }],
      });
      expect(row).not.toHaveProperty('retryAt');
      expect(await job.lock()).toMatchObject({
        failures: { [job.job]: 1 },
        paused: { [job.job]: { by: 'breaker' } },
      });
      expect(job.closed).toHaveLength(2);
      expect(job.alerts).toMatchObject([{ kind: 'paused' }]);
    });

    test('because the store was away: missed, and tried again', async () => {
      await used();
      const { job } = bench;
      const error = { name: 'StoreError', message: 'acquire: unavailable after 5 tries' };
      await job.fails(T0, { how: 'threw', error, requestId: 'r1' });
      expect(await job.row(T0)).toMatchObject({
        status: 'missed',
        reason: 'store_unavailable',
        attempt: 1,
        error,
      });
      expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
    });

    test('because nobody could deliver it: missed, for good', async () => {
      await used();
      const { job } = bench;
      const error = { name: 'AWS.Scheduler.InternalServerError', message: 'no' };
      await job.fails(T0, { how: 'undelivered', error, invocations: 0 });
      const row = await job.row(T0);
      expect(row).toMatchObject({ status: 'missed', reason: 'not_delivered', attempt: 0, error });
      expect(row).not.toHaveProperty('retryAt');
      expect(job.dispatches.open).toEqual([]);
      await job.fails(T0, { how: 'undelivered', error, invocations: 0 });
      expect(job.closed).toHaveLength(1);
      // It is no failure of the job's own.
      expect((await job.lock())?.failures[job.job] ?? 0).toBe(0);
    });

    test('where its backlog is caught up: missed until the sweeper sees it', async () => {
      await used();
      const { job } = bench;
      job.limits.catchUp = 'all';
      await job.fails(T0, { how: 'undelivered', invocations: 0 });
      expect(await job.row(T0)).toMatchObject({
        status: 'missed',
        attempt: 0,
        retryAt: '2026-03-01T00:00:00.001Z',
      });
      expect(job.dispatches.open).toEqual([]);
    });
  });

  test('a retry that nobody could deliver: the run ends as its last attempt did', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    await job.fails(T0, { how: 'undelivered', invocations: 0, delivery: { ...ENDS } });
    const row = await job.row(T0);
    expect(row).toMatchObject({
      status: 'failed',
      reason: 'not_delivered',
      error: { name: 'Runtime.ExitError' },
      earlier: [{ attempt: 1, error: { message: 'no luck' } }],
    });
    expect(row).not.toHaveProperty('retryAt');
    expect((await job.lock())?.failures[job.job]).toBe(1);
  });

  test('a late copy of the first attempt does not touch what a later one wrote', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    const row = await job.row(T0);
    await job.fails(T0, { requestId: 'a copy' });
    expect(await job.row(T0)).toEqual(row);
    expect(job.closed).toEqual([]);
  });

  test('called from the queue leaves it, and the next is called', async () => {
    const [busy, dying, next] = bench.group(1, {}, { priority: 1 }, {});
    if (!busy || !dying || !next) throw new Error('a group of three');
    const run = await busy.begins(T0);
    await dying.deliver(T0);
    await next.deliver(T0);
    run.finish();
    await run.outcome;
    bench.dispatches.take(dying.job);
    await dying.fails(T0, { how: 'threw', requestId: 'r1' });
    expect(await dying.row(T0)).toMatchObject({ status: 'crashed', retryAt: expect.any(String) });
    expect(Object.keys((await busy.lock())?.waiting ?? {})).toEqual([next.job]);
    expect(bench.dispatches.agenda).toEqual([
      `${dying.job} 00:00 at 00:01`,
      `${next.job} 00:00 now`,
    ]);
  });

  test('beside a run of the next tick leaves that alone', async () => {
    const { job } = bench;
    const living = await job.begins(T1);
    await job.fails(T0, { requestId: 'r1' });
    expect(await job.row(T0)).toMatchObject({ status: 'crashed' });
    expect((await job.lock())?.holders).toMatchObject({ [job.job]: { tick: T1 } });
    living.finish();
    expect((await living.outcome).status).toBe('succeeded');
  });
});
