import { describe, expect, test } from 'vitest';
import { heldOpen, MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, T2 } from '../../support/every-store.ts';

onEveryStore('a run', (bench) => {
  test('leaves one row that tells all of it', async () => {
    const { job, time } = bench;
    time.advance(1_500);
    const { outcome, finish } = await job.begins(T0);
    time.advance(2_000);
    finish({ warned: 12 });
    expect(await outcome).toMatchObject({
      status: 'succeeded',
      output: { warned: 12 },
      attempt: 1,
    });
    expect(await job.row(T0)).toEqual({
      job: job.job,
      tick: T0,
      status: 'succeeded',
      fence: expect.any(Number),
      token: expect.any(String),
      attempt: 1,
      trigger: 'schedule',
      startedAt: '2026-03-01T00:00:01.500Z',
      finishedAt: '2026-03-01T00:00:03.500Z',
      output: { warned: 12 },
      requestId: expect.any(String),
      instanceId: '5ca1ab1e',
      logGroup: expect.any(String),
      logStream: expect.any(String),
    });
  });

  test('that fails leaves its error', async () => {
    const { job } = bench;
    await job.deliver(T0, failing);
    expect(await job.row(T0)).toMatchObject({
      status: 'failed',
      error: { name: 'Error', message: 'no luck' },
    });
  });

  test('gets its fencing token, which grows with every run', async () => {
    const tokens: number[] = [];
    for (const at of [T0, T1, T2]) {
      await bench.job.deliver(at, async ({ fencingToken }) => tokens.push(fencingToken));
    }
    expect(tokens[0]).toBeGreaterThanOrEqual(Date.parse(T0));
    expect(tokens).toEqual([...new Set(tokens)].sort());
    expect(tokens).toHaveLength(3);
  });

  test('is not failed by an answer that JSON can not carry, or that is too large', async () => {
    const { job } = bench;
    await job.deliver(T0, async () => 10n);
    expect(await job.row(T0)).toMatchObject({
      status: 'succeeded',
      output: { note: expect.stringMatching(/not JSON/) },
    });
    await job.deliver(T1, async () => 'x'.repeat(70_000));
    expect(await job.row(T1)).toMatchObject({
      status: 'succeeded',
      output: { note: expect.stringMatching(/70002 bytes/) },
    });
  });

  describe('beside which the next tick comes due', () => {
    test('goes on; the tick is skipped, and its row says why', async () => {
      const { job } = bench;
      const { outcome, finish } = await job.begins(T0);
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      expect(await job.row(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      finish();
      expect((await outcome).status).toBe('succeeded');
      expect((await job.deliver(T2)).status).toBe('succeeded');
    });
  });

  describe('that takes too long', () => {
    test('and stops at the signal: timed_out, and the lock is free', async () => {
      const { job, time } = bench;
      const outcome = job.deliver(
        T0,
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
      await expect
        .poll(async () => {
          time.advance(MINUTE);
          return job.row(T0);
        })
        .toMatchObject({ status: 'timed_out' });
      expect((await outcome).status).toBe('timed_out');
      expect((await job.lock())?.holders).toEqual({});
    });

    test('and does not stop: timed_out, and the lock is held until its lease ends', async () => {
      const { job, time } = bench;
      const { code, started } = heldOpen();
      void job.deliver(T0, code);
      await started;
      time.advance(5 * MINUTE - 5_000);
      await expect.poll(() => job.row(T0)).toMatchObject({ status: 'timed_out' });
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      time.advance(10_000);
      expect((await job.deliver(T2)).status).toBe('succeeded');
      expect((await job.row(T0))?.status).toBe('timed_out');
    });
  });
});
