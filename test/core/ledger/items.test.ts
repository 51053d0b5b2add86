import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../../core/ledger/errors.ts';
import { tickOf } from '../../../core/run/tick.ts';
import { Deliveries, MINUTE } from '../../support/deliveries.ts';
import { withLedger } from '../../support/every-store.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { type Store, startStore } from '../../support/stores.ts';

const T0 = '2026-03-01T00:00Z';
const T1 = '2026-03-01T00:10Z';
const DAY_SECONDS = 24 * 3600;
const failing = () => Promise.reject(new Error('no luck'));

/** What stands in the tables, attribute by attribute: what no answer of the ledger shows. */
describe('the items', () => {
  let store: Store;
  let time: ManualTime;
  let job: Deliveries;
  beforeAll(async () => {
    store = await startStore('dynalite');
  });
  afterAll(() => store.stop());
  beforeEach(() => {
    time = new ManualTime(T0);
    job = new Deliveries(store.ledgerAt(time.clock), time);
  });

  const item = async (table: string, key: Record<string, string>) => {
    const Key = Object.fromEntries(Object.entries(key).map(([name, S]) => [name, { S }]));
    const { Item } = await store.client.send(new GetItemCommand({ TableName: table, Key }));
    return Item ? unmarshall(Item) : undefined;
  };
  const lock = () => item('locks', { lock: job.job });
  const row = (at: string) => item('runs', { job: job.job, tick: tickOf(at) });
  const seconds = (at: string) => Date.parse(at) / 1000;

  test('a success is kept 30 days and stands in no index', async () => {
    await job.deliver(T0);
    expect(await row(T0)).toMatchObject({ expiresAt: seconds(T0) + 30 * DAY_SECONDS });
    expect(await row(T0)).not.toHaveProperty('attention');
  });

  test('a failure is kept 90 days and asks for attention; a success after it no longer', async () => {
    await job.deliver(T0, failing);
    expect(await row(T0)).toMatchObject({
      expiresAt: seconds(T0) + 90 * DAY_SECONDS,
      attention: 'waiting',
    });
    await job.deliverPlanned();
    for (const name of ['attention', 'error', 'retryAt'])
      expect(await row(T0)).not.toHaveProperty(name);
  });

  test('a run that failed for good asks for attention, as one that nobody was told of yet', async () => {
    job.limits.retryDelays = [];
    await job.deliver(T0, failing);
    expect(await row(T0)).toMatchObject({ attention: 'untold' });
    await job.dies(T1);
    time.advance(6 * MINUTE);
    await job.sweep();
    expect(await row(T1)).toMatchObject({ attention: 'untold' });
  });

  test('each claim and each release keeps the lock for 90 more days', async () => {
    await job.deliver(T0);
    time.advance(10 * MINUTE);
    let claimed: unknown;
    await job.deliver(T1, async () => {
      claimed = (await lock())?.expiresAt;
      time.advance(MINUTE);
    });
    expect(claimed).toBe(seconds(T1) + 90 * DAY_SECONDS);
    expect((await lock())?.expiresAt).toBe(seconds('2026-03-01T00:11Z') + 90 * DAY_SECONDS);
  });

  test('failures are counted in a row, and a success ends the row', async () => {
    const failures = async () => (await lock())?.failures[job.job];
    const ticks = [0, 10, 20, 30].map((minute) => Date.parse(T0) + minute * MINUTE);
    const counted: number[] = [];
    job.limits.retryDelays = [];
    for (const [i, tick] of ticks.entries()) {
      await job.deliver(tick, i === 2 ? undefined : failing);
      counted.push(await failures());
    }
    expect(counted).toEqual([1, 2, 0, 1]);
  });

  test('a lock is made with all its maps, whoever makes it', async () => {
    await job.deliver(T0);
    const maps = Object.keys((await lock()) ?? {}).sort();
    const other = new Deliveries(job.ledger, time);
    await other.pauses();
    expect(Object.keys((await item('locks', { lock: other.job })) ?? {}).sort()).toEqual(maps);
  });

  test('a release that fails is left to the finalizer, and holds nobody up', async () => {
    const trouble = new StoreError('unavailable', 'release: unavailable');
    const ledger = withLedger(job.ledger, { release: () => Promise.reject(trouble) });
    await expect(job.deliver(T0, undefined, { ledger })).rejects.toBe(trouble);
    expect(job.ended).toMatchObject([{ status: 'succeeded' }]);
    expect(await row(T0)).toMatchObject({ status: 'succeeded' });
    expect((await job.deliver(T1)).status).toBe('succeeded');
  });
});
