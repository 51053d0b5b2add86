import { expect, test } from 'vitest';
import { NotYet } from '../../../core/run/finalize.ts';
import { heldOpen, MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, withLedger } from '../../support/every-store.ts';

const ENDS = { trigger: 'retry', attempt: 2 } as const;

onEveryStore('a delivery whose process died', (bench) => {
  const holders = async () => (await bench.job.lock())?.holders;

  test.each([
    ['crashed', 'crashed', { name: 'Runtime.ExitError', message: 'exit status 1' }],
    ['timed_out', 'timed_out', { name: 'Sandbox.Timedout', message: 'Task timed out after 3.00' }],
    ['threw', 'crashed', { name: 'TypeError', message: 'of ours' }],
  ] as const)(
    '%s: closed as %s, its lock freed at once, its retry planned',
    async (how, status, error) => {
      const { job, time } = bench;
      job.payload = { daysAhead: 30 };
      const requestId = await job.dies(T0);
      time.advance(20_000);
      await job.fails(T0, { how, error, requestId });
      const row = await job.row(T0);
      expect(row).toMatchObject({
        status,
        error,
        attempt: 1,
        startedAt: '2026-03-01T00:00:00.000Z',
        finishedAt: '2026-03-01T00:00:20.001Z',
        retryAt: '2026-03-01T00:01:20.000Z',
        requestId,
      });
      expect(row).not.toHaveProperty('reason');
      expect(await holders()).toEqual({});
      expect(job.closed).toEqual([row]);
      expect(job.dispatches.open).toMatchObject([
        {
          time: Date.parse('2026-03-01T00:01:20Z'),
          event: { ...ENDS, payload: { daysAhead: 30 } },
        },
      ]);
      expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
    },
  );

  test('twice the same message: once told, once counted, one retry', async () => {
    const { job } = bench;
    const requestId = await job.dies(T0);
    await job.fails(T0, { requestId });
    const rows = [await job.row(T0)];
    await job.fails(T0, { requestId });
    rows.push(await job.row(T0));
    expect(rows[1]).toEqual(rows[0]);
    expect(job.closed).toHaveLength(1);
    expect(job.dispatches.open).toHaveLength(1);
  });

  test('in its last attempt: counted once, and five of them pause the job', async () => {
    const { job, time } = bench;
    Object.assign(job.limits, { retryDelays: [], pauseAfter: 2 });
    for (const at of [T0, T1]) {
      const requestId = await job.dies(at);
      await job.fails(at, { requestId });
      await job.fails(at, { requestId });
      time.advance(10 * MINUTE);
    }
    expect(await job.lock()).toMatchObject({
      failures: { [job.job]: 2 },
      paused: { [job.job]: { by: 'breaker', why: expect.stringContaining('Runtime.ExitError') } },
    });
    expect(job.turns).toMatchObject([{ kind: 'paused' }]);
  });

  test('is told of by nobody else, and its late write is refused', async () => {
    const { job } = bench;
    const { code, started, finish } = heldOpen();
    const resurrected = job.deliver(T0, code);
    await started;
    const requestId = '00000000-0000-0000-0000-000000000001';
    await job.fails(T0, { requestId });
    const next = await job.begins(T1);
    finish('too late');
    expect(await resurrected).toMatchObject({ status: 'crashed' });
    expect(await job.row(T0)).toMatchObject({ status: 'crashed' });
    expect(await holders()).toMatchObject({ [job.job]: { tick: T1 } });
    next.finish();
    expect((await next.outcome).status).toBe('succeeded');
  });

  test('after its record: the lock is freed and what follows is done, and the row stays', async () => {
    const { job, ledger } = bench;
    const lost = withLedger(ledger, { release: () => Promise.reject(new Error('killed')) });
    await expect(job.deliver(T0, failing, { ledger: lost })).rejects.toThrow('killed');
    const row = await job.row(T0);
    await job.fails(T0, { requestId: row?.requestId });
    expect(await job.row(T0)).toEqual(row);
    expect(job.closed).toEqual([]);
    expect(await holders()).toEqual({});
    expect(job.dispatches.open).toMatchObject([{ event: ENDS }]);
  });

  test('after its release: what follows is done', async () => {
    const { job } = bench;
    job.dispatches.isAway = true;
    await expect(job.deliver(T0, failing)).rejects.toMatchObject({ name: 'DispatchError' });
    const requestId = (await job.row(T0))?.requestId;
    await expect(job.fails(T0, { how: 'threw', requestId })).rejects.toMatchObject({
      name: 'DispatchError',
    });
    job.dispatches.isAway = false;
    await job.fails(T0, { how: 'threw', requestId });
    expect(await job.row(T0)).toMatchObject({ status: 'failed', attempt: 1 });
    expect(job.dispatches.open).toMatchObject([{ event: ENDS }]);
  });

  test('after its success: nothing', async () => {
    const { job } = bench;
    await job.deliver(T0);
    const row = await job.row(T0);
    await job.fails(T0, { requestId: row?.requestId });
    await job.fails(T0, { requestId: 'of another' });
    await job.fails(T0, { requestId: 'of a retry', delivery: { ...ENDS } });
    expect(await job.row(T0)).toEqual(row);
    expect(job.closed).toEqual([]);
    expect(job.dispatches.open).toEqual([]);
  });

  test('calls whoever waits for its lock', async () => {
    const { job } = bench;
    job.limits.overlap = 'bufferOne';
    const requestId = await job.dies(T0);
    await job.deliver(T1);
    await job.fails(T0, { requestId });
    expect(job.dispatches.agenda).toEqual([`${job.job} 00:00 at 00:01`, `${job.job} 00:10 now`]);
  });
});

onEveryStore('an event that Lambda ran twice, under one request id', (bench) => {
  test.each([
    ['that Lambda has counted', { invocations: 2 }],
    ['of which Lambda does not know how often it ran', { invocations: 0 }],
    ['that began after the first was over', { at: Date.parse(T0) }],
  ])('the end of the first is none of a living second %s', async (_, more) => {
    const { job } = bench;
    const living = await job.begins(T0);
    const failure = { requestId: living.requestId, ...more };
    await expect(job.fails(T0, failure)).rejects.toThrow(NotYet);
    expect(await job.row(T0)).toBeUndefined();
    living.finish();
    expect((await living.outcome).status).toBe('succeeded');
    await job.fails(T0, failure);
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded' });
  });

  test('a copy that was never delivered says nothing of the living one', async () => {
    const { job } = bench;
    const living = await job.begins(T0);
    const error = { name: 'EventAgeExceeded', message: '' };
    const aged = { how: 'undelivered', error, requestId: living.requestId } as const;
    for (const invocations of [0, 1]) await job.fails(T0, { ...aged, invocations });
    expect(await job.row(T0)).toBeUndefined();
    expect(job.closed).toEqual([]);
    expect((await job.lock())?.holders).toMatchObject({ [job.job]: { tick: T0 } });
    living.finish();
    expect((await living.outcome).status).toBe('succeeded');
  });

  test('the second is closed once its lease is over', async () => {
    const { job, time } = bench;
    const requestId = await job.dies(T0);
    time.advance(5 * MINUTE + 4_999);
    await job.fails(T0, { requestId, invocations: 2 });
    expect(await job.row(T0)).toMatchObject({ status: 'crashed' });
    expect((await job.lock())?.holders).toEqual({});
  });

  test('another event of the tick is at it: it will say how it ended', async () => {
    const { job } = bench;
    const living = await job.begins(T0);
    await job.fails(T0, { requestId: 'another' });
    expect(await job.row(T0)).toBeUndefined();
    expect((await job.lock())?.holders).toMatchObject({ [job.job]: { tick: T0 } });
    living.finish();
    await living.outcome;
  });
});
