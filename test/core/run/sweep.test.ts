import { expect, test } from 'vitest';
import { sweep } from '../../../core/run/sweep.ts';
import { type Deliveries, MINUTE } from '../../support/deliveries.ts';
import { onEveryStore, T0, T1, T2, withLedger } from '../../support/every-store.ts';

/** A sweep of it in which nothing is to be caught up. */
const sweeping = (job: Deliveries) => ({ ...job.context, later() {} });

onEveryStore('a sweep', (bench) => {
  const holders = async () => (await bench.job.lock())?.holders;

  test('seals a holder whose lease ran out, frees its lock, and plans its retry', async () => {
    const { job, time } = bench;
    await job.dies(T0);
    time.advance(5 * MINUTE + 5_000);
    const closed = await job.sweep([T0]);
    expect(closed).toMatchObject([{ tick: T0, status: 'crashed', reason: 'lease_expired' }]);
    expect(await job.row(T0)).toMatchObject({
      status: 'crashed',
      attempt: 1,
      retryAt: '2026-03-01T00:06:05.000Z',
    });
    expect(await holders()).toEqual({});
    expect(await job.deliverPlanned()).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test('counts one that was its last attempt, and pauses the job', async () => {
    const { job, time } = bench;
    Object.assign(job.limits, { retryDelays: [], pauseAfter: 1 });
    await job.dies(T0);
    time.advance(6 * MINUTE);
    await job.sweep();
    expect(await job.lock()).toMatchObject({
      failures: { [job.job]: 1 },
      paused: { [job.job]: { by: 'breaker' } },
    });
    expect(job.turns).toMatchObject([{ kind: 'paused' }]);
    expect(job.dispatches.open).toEqual([]);
  });

  test('leaves a living one alone, and its tick open', async () => {
    const { job, time } = bench;
    const { finish, outcome } = await job.begins(T0);
    time.advance(5 * MINUTE - 11_000);
    expect(await job.sweep([T0])).toEqual([]);
    expect(await job.row(T0)).toBeUndefined();
    expect(await holders()).toMatchObject({ [job.job]: { tick: T0 } });
    finish('in time');
    expect((await outcome).status).toBe('succeeded');
  });

  test('leaves one that waits in the queue its turn', async () => {
    const { job } = bench;
    job.limits.overlap = 'bufferOne';
    await job.begins(T0);
    await job.deliver(T1);
    expect(await job.sweep([T1])).toEqual([]);
    expect(await job.row(T1)).toBeUndefined();
  });

  test('a tick that nobody delivered is missed, beside a run that lives', async () => {
    const { job } = bench;
    const { finish, outcome } = await job.begins(T1);
    expect(await job.sweep([T0, T1])).toMatchObject([{ tick: T0, status: 'missed' }]);
    const row = await job.row(T0);
    expect(row).toMatchObject({ status: 'missed', reason: 'not_delivered', attempt: 0 });
    expect(row).not.toHaveProperty('retryAt');
    finish();
    expect((await outcome).status).toBe('succeeded');
  });

  test('of a job that never ran: its tick is missed, and no lock is made', async () => {
    const { job } = bench;
    expect(await job.sweep([T0])).toMatchObject([{ tick: T0, status: 'missed' }]);
    expect(await job.lock()).toBeUndefined();
  });

  test('a delivery that comes after all, within its grace, runs and replaces the row', async () => {
    const { job, time } = bench;
    await job.sweep([T0]);
    time.advance(10 * MINUTE);
    expect(await job.deliver(T0)).toMatchObject({ status: 'succeeded', attempt: 1 });
    const row = await job.row(T0);
    expect(row).toMatchObject({ status: 'succeeded' });
    expect(row).not.toHaveProperty('reason');
    expect(row).not.toHaveProperty('earlier');
  });

  test('one that comes too late leaves it as it is', async () => {
    const { job, time } = bench;
    await job.sweep([T0]);
    time.advance(61 * MINUTE);
    expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate' });
    expect(await job.row(T0)).toMatchObject({ status: 'missed', reason: 'not_delivered' });
  });

  test('a row written since it was looked for stays', async () => {
    const { job } = bench;
    await job.deliver(T0);
    expect(await job.sweep([T0])).toEqual([]);
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded' });
  });

  test('a run that was recorded but never released is freed, and not told of again', async () => {
    const { job, ledger, time } = bench;
    const lost = withLedger(ledger, { release: async () => undefined });
    await job.deliver(T0, undefined, { ledger: lost });
    time.advance(20 * MINUTE);
    expect(await job.sweep([T1])).toMatchObject([{ tick: T1, status: 'missed' }]);
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded', output: 'done' });
    expect(await holders()).toEqual({});
  });

  test.each([
    ['a late duplicate wrote', { status: 'skipped', reason: 'misfire' }],
    ['a sweep wrote', { status: 'missed', reason: 'not_delivered' }],
  ] as const)('seals a dead holder also where %s its row', async (_, says) => {
    const { job, ledger, time } = bench;
    await job.dies(T0);
    const row = { fence: 0, token: 'other', attempt: 1, trigger: 'schedule' } as const;
    const finishedAt = new Date(time.clock()).toISOString();
    await ledger.record({ job: job.job, tick: T0, ...says, ...row, finishedAt }, time.clock());
    expect(await job.row(T0)).toMatchObject({ ...says, fence: 0 });
    time.advance(20 * MINUTE);
    expect(await job.sweep()).toMatchObject([{ tick: T0, status: 'crashed' }]);
    expect(await job.row(T0)).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    expect((await job.row(T0))?.fence).toBeGreaterThan(0);
    expect(await holders()).toEqual({});
  });

  test('that saw the lock before it was taken over leaves the successor alone', async () => {
    const { job, time } = bench;
    await job.dies(T0);
    const seen = await job.lock();
    time.advance(10 * MINUTE);
    const { finish, outcome } = await job.begins(T1);
    const told = job.closed.length;
    const what = { name: job.job, payload: undefined, limits: job.limits };
    await sweep({ job: what, withoutRow: [], waiting: [] }, seen, sweeping(job));
    expect(job.closed).toHaveLength(told);
    expect(await holders()).toMatchObject({ [job.job]: { tick: T1 } });
    finish();
    expect((await outcome).status).toBe('succeeded');
  });

  test('tells of a dead attempt also where its lock can not be freed then', async () => {
    const { job, ledger, time } = bench;
    await job.dies(T0);
    time.advance(10 * MINUTE);
    const broken = withLedger(ledger, { release: () => Promise.reject(new Error('lost')) });
    const what = { name: job.job, payload: undefined, limits: job.limits };
    const context = { ...sweeping(job), ledger: broken };
    const swept = sweep({ job: what, withoutRow: [], waiting: [] }, await job.lock(), context);
    await expect(swept).rejects.toThrow('lost');
    expect(job.closed).toMatchObject([{ tick: T0, status: 'crashed' }]);
    expect(await job.sweep()).toEqual([]);
    expect(await holders()).toEqual({});
    expect(job.dispatches.open).toHaveLength(1);
  });

  test('a second one, after it or beside it, does nothing', async () => {
    const { job, time } = bench;
    await job.dies(T0);
    time.advance(20 * MINUTE);
    await Promise.all([job.sweep([T0, T1]), job.sweep([T0, T1])]);
    expect(job.closed.map(({ tick }) => tick).sort()).toEqual([T0, T1]);
    expect(job.dispatches.open).toHaveLength(1);
    const rows = [await job.row(T0), await job.row(T1)];
    expect(rows).toMatchObject([{ status: 'crashed' }, { status: 'missed' }]);
    time.advance(MINUTE);
    expect(await job.sweep([T0, T1])).toEqual([]);
    expect([await job.row(T0), await job.row(T1)]).toEqual(rows);
    expect((await job.deliver(T2)).status).toBe('succeeded');
  });
});
