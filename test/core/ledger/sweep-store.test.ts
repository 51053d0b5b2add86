import type { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lock, Pause } from '../../../core/ledger/ledger.ts';
import { OperationsStore } from '../../../core/ledger/operations-store.ts';
import { type RowKey, SweepStore } from '../../../core/ledger/sweep-store.ts';
import type { Note } from '../../../core/operations/note.ts';
import type { Run } from '../../../core/run/states.ts';
import { MINUTE } from '../../../core/schedule/duration.ts';
import { Deliveries } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { ENGINES, type Store, startStore } from '../../support/stores.ts';

const T0 = Date.parse('2026-03-01T00:00Z');
const tick = (minutes: number) => `${new Date(T0 + minutes * MINUTE).toISOString().slice(0, 16)}Z`;

const SURROUNDINGS = {
  sleep: async () => {},
  random: () => 0,
  clock: () => T0,
  log: { warn() {} },
};

describe.each(ENGINES)('what a sweep asks of the tables, on %s', (engine) => {
  let store: Store;
  let sweeps: SweepStore;
  beforeAll(async () => {
    store = await startStore(engine, { attention: true });
    sweeps = new SweepStore(store.client, store.tables, SURROUNDINGS);
  });
  afterAll(() => store.stop());

  describe('which ticks have no row', () => {
    let job: Deliveries;
    beforeEach(() => {
      const time = new ManualTime(T0);
      job = new Deliveries(store.ledgerAt(time.clock), time);
    });

    const keys = (ticks: string[], name = job.job) => ticks.map((tick) => ({ job: name, tick }));

    test('those asked for, of any job, in order; for one request', async () => {
      const other = new Deliveries(job.ledger, job.time);
      await job.deliver(tick(10));
      await job.deliver(tick(15)); // of no schedule: by hand
      await other.deliver(tick(0));
      const asked = [
        ...keys([tick(0), tick(10), tick(20)]),
        ...keys([tick(0), tick(5)], other.job),
      ];
      let answer: RowKey[] = [];
      const { requests } = await store.tap.costOf(async () => {
        answer = await sweeps.withoutRow(asked);
      });
      expect(answer).toEqual([...keys([tick(0), tick(20)]), ...keys([tick(5)], other.job)]);
      expect(requests).toBe(1);
    });

    test('none are asked for: no request; a hundred and one: two', async () => {
      const ticks = Array.from({ length: 101 }, (_, i) => tick(i));
      await job.deliver(tick(100));
      let answer: RowKey[] = [];
      const { requests } = await store.tap.costOf(async () => {
        expect(await sweeps.withoutRow([])).toEqual([]);
        answer = await sweeps.withoutRow(keys(ticks));
      });
      expect(answer).toHaveLength(100);
      expect(requests).toBe(2);
    });

    test('also where the rows are large', async () => {
      const ticks = Array.from({ length: 24 }, (_, i) => tick(i));
      const large = 'x'.repeat(60_000);
      for (const at of ticks.slice(0, -1)) await job.deliver(at, async () => large);
      expect(await sweeps.withoutRow(keys(ticks))).toEqual(keys([tick(23)]));
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
      // Until people were told of it, it stands elsewhere.
      await sweeps.toldOf((await missed.row(tick(0))) as Run);
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

  describe('what nobody was told of', () => {
    beforeEach(async () => {
      for (const row of (await sweeps.untold()).rows) await sweeps.toldOf(row);
    });
    const failing = () => Promise.reject(new Error('no luck'));
    const found = async () => (await sweeps.untold()).rows.map(({ job, tick }) => `${job} ${tick}`);

    test('rows, until they are told of; not what waits, was skipped or succeeded', async () => {
      const time = new ManualTime(T0);
      const job = new Deliveries(store.ledgerAt(time.clock), time);
      await job.deliver(tick(0));
      await job.deliver(tick(1), failing);
      job.limits.retryDelays = [];
      await job.deliver(tick(2), failing);
      await job.sweep([tick(3)]);
      const mine = [tick(2), tick(3)].map((at) => `${job.job} ${at}`);
      expect((await found()).sort()).toEqual(mine);
      const rows = (await sweeps.untold()).rows.filter((row) => row.job === job.job);
      expect(rows.find((row) => row.tick === tick(2))).toEqual(await job.row(tick(2)));
      for (const row of rows) await sweeps.toldOf(row);
      expect(await found()).toEqual([]);
      expect(await job.row(tick(2))).toEqual(rows.find((row) => row.tick === tick(2)));
    });

    test('a row that a later attempt has written stays untold; one that is gone is not made', async () => {
      const time = new ManualTime(T0);
      const job = new Deliveries(store.ledgerAt(time.clock), time);
      job.limits.retryDelays = [];
      await job.deliver(tick(0), failing);
      const seen = (await job.row(tick(0))) as Run;
      await job.deliver(tick(0), failing, { attempt: 2, trigger: 'retry' });
      await sweeps.toldOf(seen);
      await sweeps.toldOf({ ...seen, tick: tick(9) });
      expect(await found()).toEqual([`${job.job} ${tick(0)}`]);
      expect(await job.row(tick(9))).toBeUndefined();
      const closed = { ...((await job.row(tick(0))) as Run), attempt: 3, fence: 0.5 };
      await job.ledger.record(closed, T0);
      await sweeps.toldOf({ ...closed, fence: 0 });
      expect(await found()).toHaveLength(1);
      await sweeps.toldOf(closed);
      expect(await found()).toEqual([]);
    });

    test('a note of a dead letter, which then stands among the notes', async () => {
      const operations = new OperationsStore(store.client, store.tables, SURROUNDINGS);
      const note: Note = {
        id: 'm-1',
        at: '2026-03-01T00:00:00.000Z',
        what: 'dead_letter',
        job: 'report',
        tick: tick(0),
        by: 'finalizer',
        via: 'finalizer',
        outcome: 'left in the dead letters',
      };
      await operations.addNote(note);
      expect(await sweeps.untold()).toEqual({ rows: [], notes: [note] });
      expect(await operations.notes(10)).toEqual([]);
      await sweeps.toldOfNote(note);
      await sweeps.toldOfNote({ ...note, id: 'gone' });
      expect(await sweeps.untold()).toEqual({ rows: [], notes: [] });
      expect(await operations.notes(10)).toEqual([note]);
    });
  });

  test('a pause is ended as it was seen, and no other', async () => {
    const time = new ManualTime(T0);
    const job = new Deliveries(store.ledgerAt(time.clock), time);
    await job.pauses({ until: tick(5) });
    const pause = (await job.lock())?.paused[job.job] as Pause;
    expect(await sweeps.endPause(job.job, job.job, { ...pause, since: 'later' })).toBe(false);
    expect((await job.lock())?.paused).toEqual({ [job.job]: pause });
    expect(await sweeps.endPause(job.job, job.job, pause)).toBe(true);
    expect((await job.lock())?.paused).toEqual({});
    expect(await sweeps.endPause(job.job, job.job, pause)).toBe(false);
    expect(await sweeps.endPause('nobodys', job.job, pause)).toBe(false);
  });

  test('what it remembers: all of it replaced, and only by who has seen the last of it', async () => {
    const first = (await sweeps.recall()).recalled;
    const nothing = { paused: {}, overdue: {} };
    expect(first).toEqual({ version: 0, jobs: {}, locks: [], told: nothing });
    const plan = { expressions: ['rate(7 minutes)'], timeZone: 'UTC', misfireGrace: 5 * MINUTE };
    const report = [{ ...plan, until: tick(0) }];
    const digest = [
      { ...plan, until: tick(5), end: tick(9) },
      { ...plan, until: tick(9) },
    ];
    const sweptAt = '2026-03-01T00:00:00.000Z';
    const older = { jobs: { report }, locks: ['report', 'group:database'], sweptAt, told: nothing };
    const newer = { jobs: { digest }, locks: ['digest'], sweptAt, told: nothing };
    expect(await sweeps.remember(older, first)).toBe(true);
    expect(await sweeps.remember(newer, first)).toBe(false);

    const second = (await sweeps.recall()).recalled;
    expect(second).toEqual({ version: 1, ...older });
    expect(await sweeps.remember(newer, second)).toBe(true);
    expect(await sweeps.remember(older, second)).toBe(false);
    expect((await sweeps.recall()).recalled).toEqual({ version: 2, ...newer });

    // One is telling; another that comes by leaves that to it, and only the first ends it.
    const told = { paused: { report: sweptAt }, overdue: { token: 'critical' } } as const;
    const telling = { ...newer, tellingUntil: T0 + MINUTE };
    expect(await sweeps.remember(telling, (await sweeps.recall()).recalled)).toBe(true);
    const { told: _, ...besides } = older;
    expect(await sweeps.remember(besides, (await sweeps.recall()).recalled)).toBe(true);
    expect((await sweeps.recall()).recalled).toEqual({ version: 4, ...telling, ...besides });
    await sweeps.rememberTold(told, T0 + 2 * MINUTE);
    expect((await sweeps.recall()).recalled).toMatchObject({
      told: nothing,
      tellingUntil: T0 + MINUTE,
    });
    await sweeps.rememberTold(told, T0 + MINUTE);
    expect((await sweeps.recall()).recalled).toEqual({ version: 4, ...older, told });
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
      SURROUNDINGS,
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
