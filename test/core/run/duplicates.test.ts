import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../../core/ledger/ledger.ts';
import { failing, onEveryStore, T0, T1, T2, withLedger } from '../../support/every-store.ts';

const ENDED = { status: 'duplicate', reason: 'already_ended' };

onEveryStore('duplicates', (bench) => {
  test('four deliveries at once: one run', async () => {
    let runs = 0;
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map(() => bench.job.deliver(T0, async () => ++runs)),
    );
    expect(runs).toBe(1);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'succeeded',
    ]);
  });

  test('while the first runs, and after it succeeded', async () => {
    const { job } = bench;
    const { outcome, finish } = await job.begins(T0);
    expect(await job.deliver(T0)).toMatchObject({
      status: 'duplicate',
      reason: 'already_running',
    });
    finish();
    await outcome;
    expect(await job.deliver(T0)).toMatchObject(ENDED);
  });

  test('of an older tick that succeeded', async () => {
    const { job } = bench;
    await job.deliver(T0);
    await job.deliver(T1);
    expect(await job.deliver(T0)).toMatchObject(ENDED);
    expect(await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' })).toMatchObject(ENDED);
  });

  test('of a tick that was skipped', async () => {
    const { job } = bench;
    await job.dies(T0);
    await job.deliver(T1);
    expect(await job.deliver(T1)).toMatchObject(ENDED);
  });

  describe('of a tick that', () => {
    test.each(['failed', 'timed_out', 'crashed'] as const)(
      '%s: only a later attempt runs',
      async (status) => {
        const { job, time } = bench;
        if (status === 'crashed') {
          await job.dies(T0);
          time.advance(6 * 60_000);
          await job.sweep();
        } else if (status === 'failed') await job.deliver(T0, failing);
        else {
          const code = async ({ signal }: { signal: AbortSignal }) => {
            await null; // its timers are armed once it waits for something
            time.advance(5 * 60_000 - 10_000);
            signal.throwIfAborted();
          };
          await job.deliver(T0, code);
        }
        expect(await job.row(T0)).toMatchObject({ status, attempt: 1 });
        expect(await job.deliver(T0)).toMatchObject(ENDED);
        const second = await job.deliver(T0, failing, { attempt: 2, trigger: 'retry' });
        expect(second).toMatchObject({ status: 'failed', attempt: 2 });
        expect(await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' })).toMatchObject(
          ENDED,
        );
      },
    );
  });
});

onEveryStore('an older tick', (bench) => {
  test('that comes for the first time, late, is run', async () => {
    const { job } = bench;
    await job.deliver(T1);
    expect((await job.deliver(T0)).status).toBe('succeeded');
    expect((await job.deliver(T1)).status).toBe('duplicate');
  });

  test('does not lower the watermark: one between is asked for its row', async () => {
    const { job } = bench;
    await job.deliver(T2);
    await job.deliver(T0);
    expect((await job.lock())?.watermarks[job.job]).toBe(T2);
    expect((await job.deliver(T2)).status).toBe('duplicate');
  });

  test('that failed is run again by a retry, and counted', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    await job.deliver(T1);
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect((await job.row(T0))?.error).toBeUndefined();
  });

  test('whose retry finds the job running says so, and what it failed of', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    await job.dies(T1);
    const outcome = await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' });
    expect(outcome).toMatchObject({ status: 'skipped', reason: 'overlap' });
    expect(await job.row(T0)).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
      attempt: 2,
      error: { message: 'no luck' },
      earlier: [{ attempt: 1, status: 'failed' }],
    });
  });
});

onEveryStore('a lost answer', (bench) => {
  /** The ledger as a caller sees it whose first `method` is applied and answered by the second sending. */
  const sentTwice = (method: 'acquire' | 'record' | 'release' | 'takeOver'): Ledger => {
    const { ledger } = bench;
    const call = (ledger[method] as (...args: unknown[]) => Promise<unknown>).bind(ledger);
    return withLedger(ledger, {
      [method]: async (...args: unknown[]) => {
        await call(...args);
        return call(...args);
      },
    });
  };

  test.each(['acquire', 'record', 'release'] as const)(
    'of %s: the second sending meets the first',
    async (method) => {
      const { job } = bench;
      await job.deliver(T0);
      const outcome = await job.deliver(T1, undefined, { ledger: sentTwice(method) });
      expect(outcome.status).toBe('succeeded');
      expect((await job.lock())?.holders).toEqual({});
      expect(job.lines).toEqual([]);
    },
  );

  test('of a take-over: the second sending meets the first', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    const retry = { attempt: 2, trigger: 'retry', ledger: sentTwice('takeOver') } as const;
    expect((await job.deliver(T0, undefined, retry)).status).toBe('succeeded');
    expect((await job.lock())?.holders).toEqual({});
    expect(job.lines).toEqual([]);
  });

  test('of a failed run’s release: counted once', async () => {
    const { job } = bench;
    job.limits.retryDelays = [];
    await job.deliver(T0);
    await job.deliver(T1, failing, { ledger: sentTwice('release') });
    expect((await job.lock())?.failures[job.job]).toBe(1);
  });

  test('of a release: the next tick sees the finished row and goes on', async () => {
    const { job, ledger } = bench;
    const lost = withLedger(ledger, { release: async () => undefined });
    await job.deliver(T0, undefined, { ledger: lost });
    expect((await job.deliver(T1)).status).toBe('succeeded');
  });
});
