import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../core/ledger/errors.ts';
import { BREAKER } from '../../../core/ledger/ledger.ts';
import { DispatchError } from '../../../core/run/dispatcher.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, T2, withLedger } from '../../support/every-store.ts';

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
      expect(job.turns).toMatchObject([{ kind: 'paused' }]);
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
    const delivery = { waitingSince: T0 };
    await dying.fails(T0, { how: 'threw', requestId: 'r1', delivery });
    expect(await dying.row(T0)).toMatchObject({ status: 'crashed', retryAt: expect.any(String) });
    expect(Object.keys((await busy.lock())?.waiting ?? {})).toEqual([next.job]);
    expect(bench.dispatches.agenda).toEqual([
      `${dying.job} 00:00 at 00:01`,
      `${next.job} 00:00 now`,
    ]);
  });

  test('as a copy of one that waits leaves that its place, and its turn', async () => {
    const { job } = bench;
    job.limits.overlap = 'bufferOne';
    const run = await job.begins(T0);
    await job.deliver(T1);
    await job.fails(T1, { how: 'threw', requestId: 'of the copy' });
    await job.fails(T1, { how: 'undelivered', invocations: 0 });
    expect(await job.row(T1)).toBeUndefined();
    run.finish();
    await run.outcome;
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', tick: T1 });
  });

  describe('whose message is brought again', () => {
    const lost = { how: 'threw', requestId: 'r1' } as const;
    const trouble = new StoreError('unavailable', 'unavailable');
    const away = () => Promise.reject(trouble);

    test.each(['countFailure', 'pause'] as const)(
      'because of trouble with %s: told of once, counted once, and the job is paused',
      async (method) => {
        const { job, ledger } = bench;
        Object.assign(job.limits, { retryDelays: [], pauseAfter: 1 });
        await expect(job.fails(T0, lost, withLedger(ledger, { [method]: away }))).rejects.toBe(
          trouble,
        );
        expect(job.closed).toMatchObject([{ tick: T0, status: 'crashed' }]);
        expect((await job.lock())?.paused ?? {}).toEqual({});
        for (let times = 0; times < 2; times++) await job.fails(T0, lost);
        expect(await job.lock()).toMatchObject({
          failures: { [job.job]: 1 },
          paused: { [job.job]: { by: 'breaker' } },
        });
        expect(job.closed).toHaveLength(1);
        expect(job.turns).toMatchObject([{ kind: 'paused' }]);
      },
    );

    test('because EventBridge was away: its retry is planned', async () => {
      const { job } = bench;
      job.dispatches.isAway = true;
      await expect(job.fails(T0, lost)).rejects.toThrow(DispatchError);
      job.dispatches.isAway = false;
      for (let times = 0; times < 2; times++) await job.fails(T0, lost);
      expect(job.closed).toHaveLength(1);
      expect(job.dispatches.open).toMatchObject([{ event: ENDS }]);
    });

    test('because Lambda was away: whoever waits is called', async () => {
      const [busy, dying, next] = bench.group(1, {}, { retryDelays: [], priority: 1 }, {});
      if (!busy || !dying || !next) throw new Error('a group of three');
      const run = await busy.begins(T0);
      await dying.deliver(T0);
      await next.deliver(T0);
      run.finish();
      await run.outcome;
      bench.dispatches.take(dying.job);
      bench.dispatches.isAway = true;
      const turn = { ...lost, delivery: { waitingSince: T0 } };
      await expect(dying.fails(T0, turn)).rejects.toThrow(DispatchError);
      bench.dispatches.isAway = false;
      await dying.fails(T0, turn);
      expect(bench.dispatches.agenda).toEqual([`${next.job} 00:00 now`]);
      expect((await dying.lock())?.failures).toMatchObject({ [dying.job]: 1 });
    });
  });

  describe('of a paused job', () => {
    const lost = { how: 'threw', requestId: 'r1' } as const;
    const HOUR = 60 * MINUTE;
    const LATER = '2026-03-01T01:00Z';
    const pauseOf = async () => (await bench.job.lock())?.paused[bench.job.job];

    test('leaves a pause alone that was made since it first came', async () => {
      const { job, ledger } = bench;
      job.limits.retryDelays = [];
      const countFailure = () => Promise.reject(new Error('away'));
      await expect(job.fails(T0, lost, withLedger(ledger, { countFailure }))).rejects.toThrow();
      await job.pauses({ probeAt: undefined });
      await job.fails(T0, lost);
      expect(await pauseOf()).toMatchObject({ by: 'ada' });
    });

    test.each(['ada', BREAKER])('is skipped like any other (%s)', async (by) => {
      const { job } = bench;
      await job.pauses({ by });
      const pause = await pauseOf();
      await job.fails(T1, lost);
      const row = await job.row(T1);
      expect(row).toMatchObject({ status: 'skipped', reason: 'paused' });
      expect(row).not.toHaveProperty('retryAt');
      expect(job.dispatches.open).toEqual([]);
      expect((await job.lock())?.failures).toEqual({ [job.job]: 1 });
      expect(await pauseOf()).toEqual(pause);
    });

    test('was its probe where one was due: not tried again, and the next an hour later', async () => {
      const { job, time } = bench;
      await job.pauses({ by: BREAKER });
      time.advance(HOUR);
      for (let times = 0; times < 2; times++) await job.fails(LATER, lost);
      const row = await job.row(LATER);
      expect(row).toMatchObject({ status: 'crashed', attempt: 1 });
      expect(row).not.toHaveProperty('retryAt');
      expect(job.dispatches.open).toEqual([]);
      expect((await job.lock())?.failures).toEqual({ [job.job]: 2 });
      expect((await pauseOf())?.probeAt).toBe(Date.parse(LATER) + HOUR);
    });

    test('after that pause is over is tried again like any other', async () => {
      const { job, time } = bench;
      await job.pauses({ until: T1, probeAt: undefined });
      time.advance(20 * MINUTE);
      await job.fails(T2, lost);
      expect(await job.row(T2)).toMatchObject({ status: 'crashed', retryAt: expect.any(String) });
    });

    test('that is a retry which nobody could deliver leaves the pause as it is', async () => {
      const { job } = bench;
      await job.deliver(T0, failing);
      await job.pauses({ probeAt: undefined });
      const pause = await pauseOf();
      await job.fails(T0, { how: 'undelivered', invocations: 0, delivery: { ...ENDS } });
      expect(await job.row(T0)).toMatchObject({ status: 'failed', reason: 'not_delivered' });
      expect(await pauseOf()).toEqual(pause);
    });
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
