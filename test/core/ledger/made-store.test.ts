import { afterAll, beforeAll, expect, test } from 'vitest';
import { MadeStore } from '../../../core/ledger/made-store.ts';
import { SweepStore } from '../../../core/ledger/sweep-store.ts';
import type { Made } from '../../../core/run/made.ts';
import { type Store, startStore } from '../../support/stores.ts';

const ACME: Made = {
  name: 'report@acme',
  expressions: ['cron(0 7 * * ? *)'],
  timeZone: 'Europe/Oslo',
  payload: { big: 1e300, none: null, list: [1.5] },
  by: 'ada',
  since: '2026-03-01T09:00:00.000Z',
};
const OTHER: Made = { ...ACME, name: 'report@other', payload: undefined };

let store: Store;
let made: MadeStore;
let sweeps: SweepStore;

beforeAll(async () => {
  store = await startStore('dynalite', { attention: true });
  const log = { info() {}, warn() {}, error() {} };
  const tables = { locks: 'locks', runs: 'runs' };
  const surroundings = { sleep: async () => {}, random: () => 0, clock: () => 0, log };
  made = new MadeStore(store.client, tables, surroundings);
  sweeps = new SweepStore(store.client, tables, surroundings);
});
afterAll(() => store.stop());

test('the registry, from its first schedule to its last', async () => {
  expect(await made.read()).toEqual([]);
  expect((await sweeps.recall()).made).toEqual([]);

  // The first makes the item: of two at once, both are in it.
  expect(await Promise.all([made.add(ACME), made.add(OTHER)])).toEqual([true, true]);
  const { payload: _, ...other } = OTHER;
  const byName = (one: Made, another: Made) => (one.name < another.name ? -1 : 1);
  expect((await made.read()).sort(byName)).toEqual([ACME, other]);
  const { recalled, made: seen } = await sweeps.recall();
  expect(seen.sort(byName)).toEqual([ACME, other]);
  expect(recalled.version).toBe(0);

  // One of that name stays as it is.
  expect(await made.add({ ...ACME, by: 'bob' })).toBe(false);
  expect((await made.read()).sort(byName)[0]?.by).toBe('ada');

  // Only as it was seen.
  expect(await made.remove({ name: ACME.name, since: 'another' })).toBe(false);
  expect(await made.remove(ACME)).toBe(true);
  expect(await made.remove(ACME)).toBe(false);
  expect(await made.read()).toEqual([other]);
});
