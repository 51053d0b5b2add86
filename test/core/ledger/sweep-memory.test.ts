import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Remembered, SweepMemory } from '../../../core/ledger/sweep-memory.ts';
import { SweepStore } from '../../../core/ledger/sweep-store.ts';
import { goneOn, type Swept } from '../../../core/run/expected.ts';
import { MINUTE } from '../../../core/schedule/duration.ts';
import { ENGINES, type Store, startStore } from '../../support/stores.ts';

const T0 = Date.parse('2026-03-01T00:00Z');
const tick = (minutes: number) => `${new Date(T0 + minutes * MINUTE).toISOString().slice(0, 16)}Z`;
const sweptAt = (minutes: number) => new Date(T0 + minutes * MINUTE).toISOString();
const SURROUNDINGS = {
  sleep: async () => {},
  random: () => 0,
  clock: () => T0,
  log: { warn() {} },
};
const nothing = { paused: {}, overdue: {} };

/** As a first sweep leaves them, with names that have little in common. */
function many(count: number, until = tick(0)): Remembered['jobs'] {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const name = `sync@${((i + 1) * 2_654_435_761).toString(36)}-${(i * 7_919).toString(36)}-${i}`;
      const expressions = [`cron(${i % 5}/5 * * * ? *)`];
      return [name, [{ expressions, timeZone: 'UTC', misfireGrace: 5 * MINUTE, until }]];
    }),
  );
}
const gone = (jobs: Record<string, Swept[]>, minutes: number) =>
  Object.fromEntries(
    Object.entries(jobs).map(([name, swept]) => [name, goneOn(swept, T0 + minutes * MINUTE)]),
  );

describe.each(ENGINES)('what the sweeps remember, on %s', (engine) => {
  let store: Store;
  let sweeps: SweepStore;
  beforeAll(async () => {
    store = await startStore(engine);
    sweeps = new SweepStore(store.client, store.tables, SURROUNDINGS);
  });
  afterAll(() => store.stop());
  beforeEach(async () => {
    const { Items = [] } = await store.client.send(new ScanCommand({ TableName: 'locks' }));
    for (const { lock } of Items)
      await store.client.send(
        new DeleteItemCommand({ TableName: 'locks', Key: { lock: lock ?? { S: '' } } }),
      );
  });

  const recalled = async () => (await sweeps.recall()).recalled;
  const knownIn = ({ jobs, locks }: SweepMemory) => ({ jobs, locks: locks.toSorted() });
  /** Write units of what is done, and requests. */
  const costOf = async (work: () => Promise<unknown>) => {
    const { requests, writeUnits } = await store.tap.costOf(async () => void (await work()));
    return { requests, writeUnits };
  };
  /** Bytes of the largest item. */
  const largest = async () => {
    const { Items = [] } = await store.client.send(new ScanCommand({ TableName: 'locks' }));
    const bytes = Items.map((item) =>
      Object.values(item).reduce((sum, { B, S }) => sum + (B?.length ?? S?.length ?? 9), 0),
    );
    return Math.max(...bytes);
  };

  test('ten thousand jobs: a sweep that finds all well writes a kilobyte, in one request', async () => {
    const jobs = many(10_000);
    const locks = Object.keys(jobs).sort();
    const first = { jobs, locks, sweptAt: sweptAt(0), told: nothing };
    expect(await sweeps.remember(first, await recalled())).toBe(true);
    expect(knownIn(await recalled())).toEqual({ jobs, locks });
    expect(await largest()).toBeLessThan(100_000);

    const memory = await recalled();
    const next = { ...first, jobs: gone(jobs, 60), sweptAt: sweptAt(60) };
    const cost = await costOf(() => sweeps.remember(next, memory));
    expect(cost).toEqual({ requests: 1, writeUnits: 1 });
    expect((await recalled()).jobs).toEqual(gone(jobs, 60));
    expect((await recalled()).jobs).not.toEqual(jobs);
  });

  test('a deploy of a few jobs is a kilobyte more; one of all is written down anew', async () => {
    const jobs = many(2_000);
    await sweeps.remember(
      { jobs, locks: [], sweptAt: sweptAt(0), told: nothing },
      await recalled(),
    );
    const [name = ''] = Object.keys(jobs);
    const moved = { ...gone(jobs, 60), ...many(20, tick(60)) };
    delete moved[name];
    const deployed = { jobs: moved, locks: ['group:new'], sweptAt: sweptAt(60), told: nothing };
    const small = await costOf(async () => sweeps.remember(deployed, await recalled()));
    expect(small.writeUnits).toBeLessThan(4);
    expect(knownIn(await recalled())).toEqual({ jobs: moved, locks: ['group:new'] });

    const anew = { ...deployed, jobs: many(2_000, tick(60)) };
    const large = await costOf(async () => sweeps.remember(anew, await recalled()));
    expect(large.writeUnits).toBeGreaterThan(4);
    expect((await recalled()).jobs).toEqual(many(2_000, tick(60)));
    // A list that shrinks is not dragged along.
    const few = { ...anew, jobs: many(3), locks: [] };
    await sweeps.remember(few, await recalled());
    expect(knownIn(await recalled())).toEqual({ jobs: many(3), locks: [] });
  });

  test('two sweeps at once: one is beaten, also where both would make a snapshot', async () => {
    const jobs = many(2_000);
    const memory = await recalled();
    const sweep = () =>
      sweeps.remember({ jobs, locks: [], sweptAt: sweptAt(0), told: nothing }, memory);
    expect((await Promise.all([sweep(), sweep()])).sort()).toEqual([false, true]);
    expect((await recalled()).jobs).toEqual(jobs);
    expect(await sweep()).toBe(false);
  });

  test('a sweep that dies after its snapshot: what was remembered before holds', async () => {
    const jobs = many(2_000);
    await sweeps.remember(
      { jobs, locks: [], sweptAt: sweptAt(0), told: nothing },
      await recalled(),
    );
    const memory = await recalled();
    const anew = { ...gone(jobs, 30), ...many(1_000, tick(30)) };
    const dying = new SweepStore(
      {
        async send(command: { input: { Key?: { lock?: { S?: string } } } }) {
          if (command.input.Key?.lock?.S === 'sweeper:') throw new Error('the process died');
          return store.client.send(command as never);
        },
      } as never,
      store.tables,
      SURROUNDINGS,
    );
    const remembered = { jobs: anew, locks: [], sweptAt: sweptAt(30), told: nothing };
    await expect(dying.remember(remembered, memory)).rejects.toThrow('the process died');
    expect(await recalled()).toMatchObject({ version: 1, sweptAt: sweptAt(0) });
    expect((await recalled()).jobs).toEqual(anew);
  });

  test('what a version before had written is read, and what it writes after a rollback', async () => {
    const plan = { expressions: ['rate(7 minutes)'], timeZone: 'UTC', misfireGrace: 5 * MINUTE };
    const report = [{ ...plan, until: tick(0), end: tick(9) }];
    const told = { paused: { report: sweptAt(0) }, overdue: {} };
    const old = { version: 7, jobs: { report }, locks: ['report'], sweptAt: sweptAt(0), told };
    const put = (item: object) =>
      store.client.send(
        new PutItemCommand({ TableName: 'locks', Item: marshall({ lock: 'sweeper:', ...item }) }),
      );
    await put({ ...old, tellingUntil: T0 });
    expect(await recalled()).toEqual({ ...old, tellingUntil: T0 });
    const digest = [{ ...plan, until: tick(5) }];
    const added = [{ ...plan, until: tick(5) }];
    const next = { jobs: { digest, added }, locks: [], sweptAt: sweptAt(5), told: nothing };
    expect(await sweeps.remember(next, await recalled())).toBe(true);
    expect(await recalled()).toEqual({ version: 8, ...next });

    // That version reads these two, and finds nothing in them.
    const { Items = [] } = await store.client.send(new ScanCommand({ TableName: 'locks' }));
    expect(Items).toMatchObject([{ jobs: { M: {} }, locks: { L: [] } }]);
    await put({ ...unmarshall(Items[0] ?? {}), ...old });
    // What it does not say it did not watch: what the newer one knew is older than that.
    const { jobs, locks, ...others } = await recalled();
    expect({ jobs, locks }).toEqual({ jobs: { report }, locks: ['report'] });
    expect(others).toMatchObject({ told });
  });

  test('a part that is older than what was written down with it is not taken for the whole', async () => {
    const first = { jobs: many(600), locks: [], sweptAt: sweptAt(5), told: nothing };
    expect(await sweeps.remember(first, await recalled())).toBe(true);
    const { Items = [] } = await store.client.send(new ScanCommand({ TableName: 'locks' }));
    const part = Items.find(({ lock }) => lock?.S === 'sweeper:0');
    if (!part) throw new Error('there is no snapshot');
    const Item = { ...part, version: { N: '0' } };
    await store.client.send(new PutItemCommand({ TableName: 'locks', Item }));
    await expect(sweeps.recall()).rejects.toMatchObject({ trouble: 'contended' });
  });

  test('people told of ten thousand pauses', async () => {
    const paused = Object.fromEntries(
      Object.keys(many(10_000)).map((name, i) => [name, new Date(T0 + i).toISOString()]),
    );
    const told = { paused, overdue: {} };
    const first = { jobs: {}, locks: [], sweptAt: sweptAt(0), told, tellingUntil: T0 };
    expect(await sweeps.remember(first, await recalled())).toBe(true);
    expect((await recalled()).told).toEqual(told);
    await sweeps.rememberTold(told, T0);
    expect((await recalled()).told).toEqual(told);
    expect(await largest()).toBeLessThan(300_000);
  });
});
