import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '../../../core/run/states.ts';
import { sweep } from '../../../core/run/sweep.ts';
import type { Tick } from '../../../core/run/tick.ts';
import { Deliveries, heldOpen, MINUTE } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { ENGINES, type Store, startStore } from '../../support/stores.ts';

const T0 = '2026-03-01T00:00Z';
const T1 = '2026-03-01T00:10Z';
const T2 = '2026-03-01T00:20Z';

describe.each(ENGINES)('a sweep, on %s', (engine) => {
  let store: Store;
  let time: ManualTime;
  let job: Deliveries;
  beforeAll(async () => {
    store = await startStore(engine);
  });
  afterAll(() => store.stop());
  beforeEach(() => {
    time = new ManualTime(T0);
    job = new Deliveries(store.ledgerAt(time.clock), time);
  });

  /** The rows that a sweep closes that reads the lock just before. */
  const sweepOf = async (...withoutRow: Tick[]) => {
    const closed: Run[] = [];
    const what = { job: job.job, lock: job.job, withoutRow, now: time.clock() };
    await sweep(what, await job.ledger.readLock(job.job), job.ledger, (row) => closed.push(row));
    return closed;
  };
  const holders = async () => (await job.ledger.readLock(job.job))?.holders;

  /** An attempt that claimed and has not come back; it never will where its timers are gone. */
  const claimed = async (at: string, more = {}) => {
    const { code, started, finish } = heldOpen();
    const outcome = job.deliver(at, code, more);
    await started;
    return { finish, outcome };
  };
  const dead = { timers: { after: () => () => {} } };

  test('seals a holder whose lease ran out, and frees its lock', async () => {
    await claimed(T0, dead);
    time.advance(5 * MINUTE + 5_000);
    const closed = await sweepOf(T0);
    expect(closed).toMatchObject([{ tick: T0, status: 'crashed', reason: 'lease_expired' }]);
    expect(await job.row(T0)).toMatchObject({ status: 'crashed', attempt: 1 });
    expect(await holders()).toEqual({});
  });

  test('leaves a living one alone, and its tick open', async () => {
    const { finish, outcome } = await claimed(T0);
    time.advance(5 * MINUTE - 11_000);
    expect(await sweepOf(T0)).toEqual([]);
    expect(await job.row(T0)).toBeUndefined();
    expect(await holders()).toMatchObject({ [job.job]: { tick: T0 } });
    finish('in time');
    expect((await outcome).status).toBe('succeeded');
  });

  test('a tick that nobody delivered is missed, beside a run that lives', async () => {
    const { finish, outcome } = await claimed(T1);
    expect(await sweepOf(T0, T1)).toMatchObject([{ tick: T0, status: 'missed' }]);
    expect(await job.row(T0)).toMatchObject({
      status: 'missed',
      reason: 'not_delivered',
      attempt: 0,
    });
    finish();
    expect((await outcome).status).toBe('succeeded');
  });

  test('of a job that never ran: its tick is missed, and no lock is made', async () => {
    expect(await sweepOf(T0)).toMatchObject([{ tick: T0, status: 'missed' }]);
    expect(await job.ledger.readLock(job.job)).toBeUndefined();
  });

  test('a delivery that comes after all, within its grace, runs and replaces the row', async () => {
    await sweepOf(T0);
    time.advance(10 * MINUTE);
    expect(await job.deliver(T0)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded' });
    expect((await job.row(T0))?.reason).toBeUndefined();
  });

  test('one that comes too late leaves it as it is', async () => {
    await sweepOf(T0);
    time.advance(61 * MINUTE);
    expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate' });
    expect(await job.row(T0)).toMatchObject({ status: 'missed', reason: 'not_delivered' });
  });

  test('a row written since it was looked for stays', async () => {
    await job.deliver(T0);
    expect(await sweepOf(T0)).toEqual([]);
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded' });
  });

  test('a run that was recorded but never released is freed, and not told of again', async () => {
    const { code, started, finish } = heldOpen();
    const lost = new Proxy(job.ledger, {
      get: (ledger, name) =>
        name === 'release' ? async () => true : Reflect.get(ledger, name).bind(ledger),
    });
    const outcome = job.deliver(T0, code, { ledger: lost });
    await started;
    finish('done');
    await outcome;
    time.advance(20 * MINUTE);
    expect(await sweepOf(T1)).toMatchObject([{ tick: T1, status: 'missed' }]);
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded', output: 'done' });
    expect(await holders()).toEqual({});
  });

  test.each([
    ['a late duplicate wrote', { status: 'skipped', reason: 'misfire' }],
    ['a sweep wrote', { status: 'missed', reason: 'not_delivered' }],
  ] as const)('seals a dead holder also where %s its row', async (_, says) => {
    await claimed(T0, dead);
    const row = { fence: 0, token: 'other', attempt: 1, trigger: 'schedule' } as const;
    const finishedAt = new Date(time.clock()).toISOString();
    const { job: name, ledger } = job;
    await ledger.record({ job: name, tick: T0, ...says, ...row, finishedAt }, time.clock());
    expect(await job.row(T0)).toMatchObject({ ...says, fence: 0 });
    time.advance(20 * MINUTE);
    expect(await sweepOf()).toMatchObject([{ tick: T0, status: 'crashed' }]);
    expect(await job.row(T0)).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    expect((await job.row(T0))?.fence).toBeGreaterThan(0);
    expect(await holders()).toEqual({});
  });

  test('that saw the lock before it was taken over leaves the successor alone', async () => {
    await claimed(T0, dead);
    const seen = await job.ledger.readLock(job.job);
    time.advance(10 * MINUTE);
    const { finish, outcome } = await claimed(T1);
    const told: unknown[] = [];
    const what = { job: job.job, lock: job.job, withoutRow: [], now: time.clock() };
    await sweep(what, seen, job.ledger, (row) => told.push(row));
    expect(told).toEqual([]);
    expect(await holders()).toMatchObject({ [job.job]: { tick: T1 } });
    finish();
    expect((await outcome).status).toBe('succeeded');
  });

  test('tells of a dead attempt also where its lock can not be freed then', async () => {
    await claimed(T0, dead);
    const seen = await job.ledger.readLock(job.job);
    time.advance(10 * MINUTE);
    const broken = new Proxy(job.ledger, {
      get: (ledger, name) =>
        name === 'release'
          ? () => Promise.reject(new Error('lost'))
          : Reflect.get(ledger, name).bind(ledger),
    });
    const told: unknown[] = [];
    const what = { job: job.job, lock: job.job, withoutRow: [], now: time.clock() };
    await expect(sweep(what, seen, broken, (row) => told.push(row))).rejects.toThrow('lost');
    expect(told).toMatchObject([{ tick: T0, status: 'crashed' }]);
    expect(await sweepOf()).toEqual([]);
    expect(await holders()).toEqual({});
  });

  test('a second one, after it or beside it, does nothing', async () => {
    await claimed(T0, dead);
    time.advance(20 * MINUTE);
    const closed = await Promise.all([sweepOf(T0, T1), sweepOf(T0, T1)]);
    const told = closed.flat().map(({ tick }) => tick);
    expect(told.sort()).toEqual([T0, T1]);
    const rows = [await job.row(T0), await job.row(T1)];
    expect(rows).toMatchObject([{ status: 'crashed' }, { status: 'missed' }]);
    time.advance(MINUTE);
    expect(await sweepOf(T0, T1)).toEqual([]);
    expect([await job.row(T0), await job.row(T1)]).toEqual(rows);
    expect((await job.deliver(T2)).status).toBe('succeeded');
  });
});
