import type { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lock } from '../../../core/ledger/ledger.ts';
import { SweepStore } from '../../../core/ledger/sweep-store.ts';
import type { Run } from '../../../core/run/states.ts';
import { MINUTE } from '../../../core/schedule/duration.ts';
import { Deliveries } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { ENGINES, type Store, startStore } from '../../support/stores.ts';

const T0 = Date.parse('2026-03-01T00:00Z');
const tick = (minutes: number) => `${new Date(T0 + minutes * MINUTE).toISOString().slice(0, 16)}Z`;

describe.each(ENGINES)('what a sweep asks of the tables, on %s', (engine) => {
  let store: Store;
  let sweeps: SweepStore;
  beforeAll(async () => {
    store = await startStore(engine, { attention: true });
    const log = { warn() {} };
    sweeps = new SweepStore(store.client, store.tables, {
      sleep: async () => {},
      random: () => 0,
      clock: () => T0,
      log,
    });
  });
  afterAll(() => store.stop());

  describe('which ticks have no row', () => {
    let job: Deliveries;
    beforeEach(() => {
      const time = new ManualTime(T0);
      job = new Deliveries(store.ledgerAt(time.clock), time);
    });

    test('those asked for, of this job, in order; for one request', async () => {
      await job.deliver(tick(10));
      await job.deliver(tick(15)); // of no schedule: by hand
      await new Deliveries(job.ledger, job.time).deliver(tick(0));
      const asked = [tick(0), tick(10), tick(20)];
      let answer: string[] = [];
      const { requests } = await store.tap.costOf(async () => {
        answer = await sweeps.withoutRow(job.job, asked);
      });
      expect(answer).toEqual([tick(0), tick(20)]);
      expect(requests).toBe(1);
    });

    test('also where the rows are more than one answer can carry', async () => {
      const ticks = Array.from({ length: 24 }, (_, i) => tick(i));
      const large = 'x'.repeat(60_000);
      for (const at of ticks.slice(0, -1)) await job.deliver(at, async () => large);
      let answer: string[] = [];
      const { requests } = await store.tap.costOf(async () => {
        answer = await sweeps.withoutRow(job.job, ticks);
      });
      expect(answer).toEqual([tick(23)]);
      expect(requests).toBe(2);
    });
  });

  describe('which attempts were due a while ago', () => {
    const failing = () => Promise.reject(new Error('no luck'));

    test('those of all jobs, whole; not what is due later, nor what is over', async () => {
      const time = new ManualTime(T0);
      const ledger = store.ledgerAt(time.clock);
      const [due, later, over, missed] = Array.from(
        { length: 4 },
        () => new Deliveries(ledger, time),
      ) as [Deliveries, Deliveries, Deliveries, Deliveries];
      over.limits.retryDelays = [];
      later.limits.retryDelays = [2 * MINUTE];
      missed.limits.catchUp = 'all';
      for (const job of [due, later, over]) await job.deliver(tick(0), failing);
      time.advance(MINUTE);
      await missed.sweep([tick(0)]);
      const mine = new Set([due, later, over, missed].map(({ job }) => job));
      let rows: Run[] = [];
      const { requests } = await store.tap.costOf(async () => {
        rows = await sweeps.waitingRows(time.clock());
      });
      expect(requests).toBe(1);
      const found = rows.filter(({ job }) => mine.has(job));
      expect(found.sort((a, b) => a.attempt - b.attempt)).toEqual([
        await missed.row(tick(0)),
        await due.row(tick(0)),
      ]);
      await due.deliverPlanned();
      expect((await sweeps.waitingRows(time.clock())).map(({ job }) => job)).not.toContain(due.job);
    });
  });

  describe('all locks at once', () => {
    test('those that exist, and one request for a hundred', async () => {
      const time = new ManualTime(T0);
      const ledger = store.ledgerAt(time.clock);
      const names = Array.from({ length: 101 }, (_, i) => `lock-${i}`);
      for (const i of [0, 99, 100]) await new Deliveries(ledger, time, names[i]).deliver(tick(0));
      let locks = new Map<string, Lock>();
      const { requests } = await store.tap.costOf(async () => {
        locks = await sweeps.readLocks(names);
      });
      expect(requests).toBe(2);
      expect([...locks.keys()].sort()).toEqual(['lock-0', 'lock-100', 'lock-99']);
      expect(locks.get('lock-99')).toEqual(await ledger.readLock('lock-99'));
      expect((await sweeps.readLocks([])).size).toBe(0);
    });
  });

  test('what it remembers: all of it replaced, and only by who has seen the last of it', async () => {
    const first = await sweeps.recall();
    expect(first).toEqual({ version: 0, jobs: {}, locks: [] });
    const plan = { expressions: ['rate(7 minutes)'], timeZone: 'UTC', misfireGrace: 5 * MINUTE };
    const report = [{ ...plan, until: tick(0) }];
    const digest = [
      { ...plan, until: tick(5), end: tick(9) },
      { ...plan, until: tick(9) },
    ];
    const older = { jobs: { report }, locks: ['report', 'group:database'] };
    const newer = { jobs: { digest }, locks: ['digest'] };
    expect(await sweeps.remember(older, first)).toBe(true);
    expect(await sweeps.remember(newer, first)).toBe(false);

    const second = await sweeps.recall();
    expect(second).toMatchObject(older);
    expect(await sweeps.remember(newer, second)).toBe(true);
    expect(await sweeps.remember(older, second)).toBe(false);
    expect(await sweeps.recall()).toEqual({ version: 2, ...newer });
  });
});

describe('locks that DynamoDB puts off', () => {
  const key = (lock: string) => ({ lock: { S: lock } });
  const answering = (answers: [found: string[], putOff: string[]][]) => {
    const asked: string[][] = [];
    const client = {
      async send({ input }: BatchGetItemCommand) {
        asked.push((input.RequestItems?.locks?.Keys ?? []).map(({ lock }) => lock?.S ?? ''));
        expect(input.RequestItems?.locks?.ConsistentRead).toBe(true);
        const [found, putOff] = answers[Math.min(asked.length, answers.length) - 1] ?? [[], []];
        return {
          Responses: { locks: found.map(key) },
          ...(putOff.length > 0 && { UnprocessedKeys: { locks: { Keys: putOff.map(key) } } }),
        };
      },
    };
    const store = new SweepStore(
      client as unknown as DynamoDBClient,
      { locks: 'locks', runs: 'runs' },
      { sleep: async () => {}, random: () => 0, clock: () => T0, log: { warn() {} } },
    );
    return { asked, store };
  };

  test('are asked for again, and only they', async () => {
    const { asked, store } = answering([
      [['a'], ['b', 'c']],
      [['c'], ['b']],
      [['b'], []],
    ]);
    const locks = await store.readLocks(['a', 'b', 'c', 'd']);
    expect([...locks.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([['a', 'b', 'c', 'd'], ['b', 'c'], ['b']]);
  });

  test('again and again are store trouble', async () => {
    const { asked, store } = answering([[[], ['a']]]);
    await expect(store.readLocks(['a'])).rejects.toMatchObject({ trouble: 'throttled' });
    expect(asked).toHaveLength(5);
  });
});
