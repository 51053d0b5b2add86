import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ticksOfAll } from '../core/schedule/ticks.ts';
import { type Beacon, beaconOf } from '../local/beacon.ts';
import { createTables, localClient, startDynamoDB } from '../local/dynamodb.ts';
import { HttpServer } from '../local/http.ts';
import { resourcesOf } from '../local/resources.ts';
import { synth } from '../local/synth.ts';
import { readAssembly } from '../local/template.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { median, rounded } from './rounds.ts';
import { ENGINE } from './store.ts';

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, '..');
const PUNCTUAL = join(ROOT, 'cli/punctual.js');
const SIZES = [10, 100, 1000];
const VERBS = ['plan', 'list', 'health'];
/** Processes of each, one after the other. */
const STARTS = 5;
const PERIODS = ['5 minutes', '8 minutes', '10 minutes', '1 hour', '1 day'];
const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T12:02:30Z');

/** What somebody waits for who asks the local cloud after all jobs: whole processes, from the shell's point of view. */
export const fleetLists: Benchmark = {
  name: 'fleet-lists',
  title: `All jobs at once, by the command line: median of ${STARTS} processes each, in ms`,
  async measure() {
    const figures: Figures[] = [];
    for (const jobs of SIZES) figures.push({ jobs, ...(await timesOf(jobs)) });
    return figures;
  },
};

async function timesOf(jobs: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-fleet-'));
  const list = listIn(folder, jobs);
  const database = await startDynamoDB(ENGINE);
  const http = await HttpServer.listen(0);
  const client = localClient(database.endpoint);
  try {
    const assembly = readAssembly(await synth(ROOT, list));
    await createTables(client, resourcesOf(assembly).tables);
    const beacon = { ...beaconOf(assembly, database.endpoint, folder), now: NOW };
    await haveRun(beacon, client);
    http.answer = () => ({ status: 200, type: 'application/json', body: JSON.stringify(beacon) });
    const figures: Figures = {};
    for (const verb of VERBS) {
      const args = [PUNCTUAL, verb, ...(verb === 'plan' ? ['--schedules', list] : [])];
      const times: number[] = [];
      for (let start = 0; start < STARTS; start++)
        times.push(await timeOf([...args, '--local', http.url]));
      figures[verb] = rounded(median(times), 0);
    }
    return figures;
  } finally {
    client.destroy();
    await Promise.all([http.close(), database.stop()]);
    rmSync(folder, { recursive: true });
  }
}

/** A list of jobs of five intervals, packed; all run the same code. */
function listIn(folder: string, jobs: number): string {
  const file = join(folder, 'schedules.ts');
  mkdirSync(join(folder, 'jobs'));
  const job = JSON.stringify(join(ROOT, 'functions/job.ts'));
  writeFileSync(
    join(folder, 'jobs/idle.ts'),
    `import { job } from ${job};\nexport const handler = job(async () => {});\n`,
  );
  const entries = Array.from({ length: jobs }, (_, i) => {
    const every = PERIODS[i % PERIODS.length];
    return [`job-${i}`, { every, offset: 'auto', handler: 'idle' }];
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  writeFileSync(file, `export const schedules = ${text};\n`);
  return file;
}

/** Each job has run in the last hour, or at its last tick, and each thirtieth has failed. */
async function haveRun({ jobs, settings }: Beacon, client: DynamoDBClient): Promise<void> {
  const locks: object[] = [];
  const runs: object[] = [];
  for (const [i, { name, expressions, timeZone }] of jobs.entries()) {
    const ticks = ticksOfAll(expressions, timeZone, new Date(NOW - 24 * HOUR), new Date(NOW));
    const status = i % 30 === 0 ? 'failed' : 'succeeded';
    const recent = ticks.filter(
      (tick, t) => Date.parse(tick) > NOW - HOUR || t === ticks.length - 1,
    );
    for (const tick of recent) {
      const startedAt = new Date(Date.parse(tick) + 300).toISOString();
      const finishedAt = new Date(Date.parse(tick) + 800 + i).toISOString();
      const row = { job: name, tick, status, attempt: 6, fence: 1, token: `t-${i}-${tick}` };
      const at = { trigger: 'schedule', startedAt, finishedAt, logGroup: '/punctual/punctual-dev' };
      runs.push({ ...row, ...at, ...(status === 'failed' && { attention: status }) });
    }
    const last = { tick: ticks.at(-1), status, attempt: 6 };
    const empty = { holders: {}, fences: {}, paused: {}, waiting: {}, watermarks: {} };
    const failures = status === 'failed' ? { [name]: 1 } : {};
    locks.push({ lock: name, fence: 1, ...empty, failures, last: { [name]: last } });
  }
  await put(client, settings.locksTable, locks);
  await put(client, settings.runsTable, runs);
}

async function put(client: DynamoDBClient, table: string, items: readonly object[]): Promise<void> {
  for (let i = 0; i < items.length; i += 25) {
    const some = items.slice(i, i + 25).map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: some } }));
  }
}

async function timeOf(args: readonly string[]): Promise<number> {
  const start = performance.now();
  // Of `health` the exit code says how it is.
  await run(process.execPath, args, { maxBuffer: 1e8 }).catch((error) => {
    if (error.code !== 1) throw error;
  });
  return performance.now() - start;
}
