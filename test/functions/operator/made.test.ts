import { beforeEach, expect, test, vi } from 'vitest';
import { MadeStore } from '../../../core/ledger/made-store.ts';
import type { Made } from '../../../core/run/made.ts';
import type { Schedules } from '../../../core/schedule/settings.ts';
import { type Bench, startBench } from './bench.ts';

const START = Date.parse('2026-03-01T09:01:00Z');
const LIST: Schedules = { report: { cron: '0 0 1 1 ? *', misfireGrace: '5 minutes' } };
const ACME: Made = {
  name: 'report@acme',
  expressions: ['cron(0/10 * * * ? *)'],
  timeZone: 'UTC',
  by: 'ada',
  since: '2026-03-01T09:00:00.000Z',
};

let bench: Bench;
let made: MadeStore;

beforeEach(async () => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['Date'] });
  bench = await startBench(START);
  const log = { info() {}, warn() {}, error() {} };
  const surroundings = { sleep: async () => {}, random: () => 0, clock: Date.now, log };
  made = new MadeStore(bench.store.client, { locks: 'locks', runs: 'runs' }, surroundings);
});

test('the ticks of a schedule made at run time are expected, from when it was made until it goes', async () => {
  const { sweep, pass, ledger } = bench;
  await sweep(LIST);
  await made.add(ACME);
  pass(5);
  expect(await sweep(LIST)).toMatchObject({ jobs: 2, missed: 0 });
  pass(15);
  expect(await sweep(LIST)).toMatchObject({ jobs: 2, due: 1, missed: 1 });
  expect(await ledger.readRun('report@acme', '2026-03-01T09:10Z')).toMatchObject({
    status: 'missed',
    reason: 'not_delivered',
  });
  // Its job had none.
  expect(await ledger.readRun('report', '2026-03-01T09:10Z')).toBeUndefined();

  await made.remove(ACME);
  pass(60);
  // That of 09:20 had come before it went, as far as the sweeper knows.
  expect((await sweep(LIST)).missed).toBeLessThanOrEqual(1);
  pass(60);
  expect(await sweep(LIST)).toMatchObject({ jobs: 1, due: 0, missed: 0 });
});

test('one of a single time is expected once, and forgotten days later', async () => {
  const { sweep, pass, ledger } = bench;
  await made.add({ ...ACME, expressions: ['at(2026-03-01T09:10:00)'] });
  await sweep(LIST);
  pass(20);
  expect(await sweep(LIST)).toMatchObject({ missed: 1 });
  expect(await ledger.readRun('report@acme', '2026-03-01T09:10Z')).toBeDefined();
  expect(await made.read()).toHaveLength(1);
  pass(3 * 24 * 60);
  expect(await sweep(LIST)).toMatchObject({ jobs: 1, missed: 0 });
  expect(await made.read()).toEqual([]);
});
