import { describe, expect, test } from 'vitest';
import { DoNotRetry, RetryAfter, SkipTick } from '../../../core/run/intent.ts';
import { type Deliveries, MINUTE } from '../../support/deliveries.ts';
import { type Bench, failing, onEveryStore, T0, T1 } from '../../support/every-store.ts';

const throwing = (error: Error) => () => Promise.reject(error);
/** Minutes after the tick. */
const minute = (bench: Bench) => (bench.time.clock() - Date.parse(T0)) / MINUTE;

onEveryStore('a failed attempt', (bench) => {
  test('is followed by the next after its delay: fails twice, succeeds at +6 minutes', async () => {
    const { job } = bench;
    const ranAt: number[] = [];
    const code = async () => {
      ranAt.push(minute(bench));
      if (ranAt.length < 3) throw new Error(`no luck at ${minute(bench)}`);
      return 'at last';
    };
    await job.deliver(T0, code);
    expect(await job.row(T0)).toMatchObject({
      status: 'failed',
      attempt: 1,
      retryAt: '2026-03-01T00:01:00.000Z',
    });
    await job.deliverPlanned(code);
    expect(await job.row(T0)).toMatchObject({
      status: 'failed',
      attempt: 2,
      trigger: 'retry',
      error: { message: 'no luck at 1' },
      retryAt: '2026-03-01T00:06:00.000Z',
      earlier: [{ attempt: 1, status: 'failed', error: { message: 'no luck at 0' } }],
    });
    await job.deliverPlanned(code);
    expect(ranAt).toEqual([0, 1, 6]);
    const row = await job.row(T0);
    expect(row).toMatchObject({ status: 'succeeded', attempt: 3, output: 'at last' });
    expect(row?.earlier).toMatchObject([
      { attempt: 1, startedAt: '2026-03-01T00:00:00.000Z' },
      { attempt: 2, startedAt: '2026-03-01T00:01:00.000Z', error: { message: 'no luck at 1' } },
    ]);
    expect(row).not.toHaveProperty('retryAt');
    expect(row).not.toHaveProperty('error');
    expect(job.dispatches.open).toEqual([]);
    expect(job.turns).toEqual([]);
  });

  test('has failed for good after the last of the list, and is counted once', async () => {
    const { job } = bench;
    const ranAt: number[] = [];
    const code = async () => {
      ranAt.push(minute(bench));
      throw new Error('no luck');
    };
    await job.deliver(T0, code);
    expect((await job.lock())?.failures[job.job]).toBeUndefined();
    while (job.dispatches.open.length > 0) await job.deliverPlanned(code);
    expect(ranAt).toEqual([0, 1, 6, 21, 51, 111]);
    const row = await job.row(T0);
    expect(row).toMatchObject({ status: 'failed', attempt: 6 });
    expect(row?.earlier).toHaveLength(5);
    expect(row).not.toHaveProperty('retryAt');
    expect((await job.lock())?.failures[job.job]).toBe(1);
  });

  test('carries the payload that it had', async () => {
    const { job } = bench;
    await job.deliver(T0, failing, { payload: { daysAhead: 30 } });
    expect(job.dispatches.open).toEqual([
      {
        event: {
          job: job.job,
          scheduledTime: T0,
          trigger: 'retry',
          attempt: 2,
          payload: { daysAhead: 30 },
        },
        time: Date.parse(T0) + MINUTE,
      },
    ]);
  });

  test('is not followed where the list is empty', async () => {
    const { job } = bench;
    job.limits.retryDelays = [];
    expect(await job.deliver(T0, failing)).not.toHaveProperty('retryAt', expect.any(String));
    expect(job.dispatches.requests.scheduler).toBe(0);
    expect((await job.lock())?.failures[job.job]).toBe(1);
  });

  test('that took long is tried again after its end, to the second', async () => {
    const { job, time } = bench;
    await job.deliver(T0, async () => {
      time.advance(2 * MINUTE + 1_999);
      throw new Error('no luck');
    });
    expect((await job.row(T0))?.retryAt).toBe('2026-03-01T00:03:01.000Z');
    expect(job.dispatches.open).toMatchObject([{ time: Date.parse('2026-03-01T00:03:01Z') }]);
  });

  test('that heeds its signal too late has timed out, and is tried again', async () => {
    const { job, time } = bench;
    const code = async ({ signal }: { signal: AbortSignal }) => {
      await null; // its timers are armed once it waits for something
      time.advance(5 * MINUTE - 10_000);
      signal.throwIfAborted();
    };
    await job.deliver(T0, code);
    expect(await job.row(T0)).toMatchObject({
      status: 'timed_out',
      retryAt: '2026-03-01T00:05:50.000Z',
    });
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test('whose retry could not be planned throws, with its row written and its lock free', async () => {
    const { job } = bench;
    job.dispatches.isAway = true;
    await expect(job.deliver(T0, failing)).rejects.toMatchObject({ name: 'DispatchError' });
    expect(job.ended).toMatchObject([{ status: 'failed' }]);
    expect(await job.row(T0)).toMatchObject({ status: 'failed', retryAt: expect.any(String) });
    expect((await job.lock())?.holders).toEqual({});
  });

  test('whose job has moved to a lock with lower tokens is closed by its retry', async () => {
    const { job, time } = bench;
    const [other] = bench.group(1, {}) as [Deliveries];
    await other.deliver(T0);
    time.advance(10 * MINUTE);
    await job.deliver(T1, failing);
    const fence = (await job.row(T1))?.fence ?? 0;
    job.limits.lock = other.limits.lock;
    expect((await job.deliverPlanned()).status).toBe('succeeded');
    const row = await job.row(T1);
    expect(row).toMatchObject({ status: 'succeeded', attempt: 2, earlier: [{ attempt: 1 }] });
    expect(row?.fence).toBeLessThan(fence);
  });

  test('whose retry finds it paused stays as it is', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    await job.pauses();
    await job.deliverPlanned();
    expect(await job.row(T0)).toMatchObject({
      status: 'skipped',
      reason: 'paused',
      attempt: 2,
      error: { message: 'no luck' },
      earlier: [{ attempt: 1, status: 'failed' }],
    });
  });
});

onEveryStore('code that says what is to follow', (bench) => {
  test('DoNotRetry: failed for good at once', async () => {
    const { job } = bench;
    await job.deliver(T0, throwing(new DoNotRetry('the account is closed')));
    const row = await job.row(T0);
    expect(row).toMatchObject({
      status: 'failed',
      error: { name: 'DoNotRetry', message: 'the account is closed' },
    });
    expect(row).not.toHaveProperty('retryAt');
    expect(job.dispatches.open).toEqual([]);
    expect((await job.lock())?.failures[job.job]).toBe(1);
  });

  test('RetryAfter: after that long instead, and then by the list again', async () => {
    const { job } = bench;
    await job.deliver(T0, throwing(new RetryAfter('40 minutes')));
    expect(await job.row(T0)).toMatchObject({
      error: { name: 'RetryAfter', message: 'to be tried again after 40 minutes' },
      retryAt: '2026-03-01T00:40:00.000Z',
    });
    await job.deliverPlanned(failing);
    expect((await job.row(T0))?.retryAt).toBe('2026-03-01T00:45:00.000Z');
  });

  test('RetryAfter in the last attempt: failed for good', async () => {
    const { job } = bench;
    job.limits.retryDelays = [MINUTE];
    await job.deliver(T0, failing);
    await job.deliverPlanned(throwing(new RetryAfter('1 minute')));
    expect(await job.row(T0)).not.toHaveProperty('retryAt');
    expect(job.dispatches.open).toEqual([]);
  });

  test('SkipTick: skipped, with the reason it gave, and no failure', async () => {
    const { job } = bench;
    Object.assign(job.limits, { retryDelays: [], pauseAfter: 2 });
    await job.deliver(T0, failing);
    await job.deliver(T1, throwing(new SkipTick('no invoices today')));
    expect(await job.row(T1)).toMatchObject({
      status: 'skipped',
      reason: 'declined',
      error: { name: 'SkipTick', message: 'no invoices today' },
    });
    const lock = await job.lock();
    expect(lock?.failures[job.job]).toBe(1);
    expect(lock?.paused).toEqual({});
    expect(job.dispatches.open).toEqual([]);
  });

  describe.each([
    ['DoNotRetry', new DoNotRetry('no')],
    ['RetryAfter', new RetryAfter('40 minutes')],
  ])('%s after the signal', (_, error) => {
    test('has timed out, and is tried again by the list', async () => {
      const { job, time } = bench;
      await job.deliver(T0, async () => {
        await null;
        time.advance(5 * MINUTE - 10_000);
        throw error;
      });
      expect(await job.row(T0)).toMatchObject({
        status: 'timed_out',
        retryAt: '2026-03-01T00:05:50.000Z',
      });
    });
  });
});
