import { fileURLToPath } from 'node:url';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import { ticksBetween } from '../../core/schedule/ticks.ts';
import { Clock } from '../../local/clock.ts';
import { LocalCloud } from '../../local/cloud.ts';
import { createTables, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import { HttpServer } from '../../local/http.ts';
import { type Resources, resourcesOf } from '../../local/resources.ts';
import { synth } from '../../local/synth.ts';
import { tableOf } from '../../local/table.ts';
import { readAssembly } from '../../local/template.ts';
import { dice, pick } from './dice.ts';
import { FaultyStore } from './faulty-store.ts';
import { JOBS } from './schedules.ts';
import { judge, type Verdict } from './verdict.ts';
import { prepare, sightsIn } from './witness.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIST = fileURLToPath(new URL('./schedules.ts', import.meta.url));
const FROM = Date.parse('2026-03-01T00:00Z');
const MINUTE = 60_000;
/** Without faults at the start: the sweeper's watch over a job begins with its first sweep. */
const FIRST_SWEEP = 5 * MINUTE;
/** Without faults at the end: long enough for the sweeper to find what a store that was away left open. */
const AFTERMATH = 25 * MINUTE;

/** How the deliveries of one event come, besides once and at once; of all events. */
const DELIVERIES = {
  'twice at once': 0.1,
  'four at once': 0.05,
  'again in minutes': 0.05,
  'again in hours': 0.01,
};

export interface Campaign {
  ticks: number;
  seed: number;
  dynamodb: 'dynalite' | 'java';
}

/** Plays a campaign and prints what came of it; true where every promise held. */
export async function run({ ticks, seed, dynamodb }: Campaign): Promise<boolean> {
  const started = performance.now();
  const folder = `${ROOT}.punctual/campaign-${dynamodb}-${seed}`;
  prepare(folder);
  process.env.PUNCTUAL_CAMPAIGN_SEED = String(seed);
  process.env.PUNCTUAL_CAMPAIGN_FOLDER = folder;
  const http = await HttpServer.listen(0);
  const [assembly, database] = await Promise.all([synth(ROOT, LIST), startDynamoDB(dynamodb)]);
  const resources = resourcesOf(readAssembly(assembly));
  const client = localClient(database.endpoint);
  await createTables(client, resources.tables);

  const end = FROM + Math.ceil(ticks / JOBS) * MINUTE;
  const clock = new Clock(FROM, Number.POSITIVE_INFINITY);
  const store = await FaultyStore.before({
    store: database.endpoint,
    seed,
    now: () => clock.now(),
    kill: (requestId) => cloud.kill(requestId),
  });
  const cloud = new LocalCloud({
    root: ROOT,
    resources,
    clock,
    client,
    endpoint: store.endpoint,
    http,
    from: FROM,
    to: end + AFTERMATH,
    // Then only the sweeper runs.
    deliveries: (job, tick) => (timeOf(tick) < end ? deliveriesOf(seed, job, tick) : []),
    seed,
    onRun: () => {},
  });
  clock.at(FROM + FIRST_SWEEP, () => {
    store.on = true;
  });
  clock.at(end, () => {
    store.on = false;
  });
  await cloud.start();
  await clock.reached(end + AFTERMATH);
  await cloud.settled();
  await cloud.finish();

  const rows = await readRows(client, resources);
  const verdicts = judge(expectedTicks(resources, end), rows, sightsIn(folder));
  await Promise.all([cloud.stop(), http.close(), store.stop()]);
  client.destroy();
  await database.stop();

  const seconds = Math.round((performance.now() - started) / 1000);
  print({ rows, end, store, cloud, verdicts });
  const sound = verdicts.every(({ broken }) => broken.length === 0);
  console.log(
    `\nseed ${seed} on ${dynamodb}, ${seconds} s: ${sound ? 'every promise held' : 'A PROMISE WAS BROKEN'}`,
  );
  return sound;
}

/** Milliseconds after its time at which each delivery of an event comes. */
function deliveriesOf(seed: number, job: string, tick: string): number[] {
  const roll = dice(seed, 'deliveries', job, tick);
  const later = dice(seed, 'later', job, tick);
  switch (pick(roll, DELIVERIES)) {
    case 'twice at once':
      return [0, 0];
    case 'four at once':
      return [0, 0, 0, 0];
    case 'again in minutes':
      return [0, Math.ceil(later * 10 * MINUTE)];
    case 'again in hours':
      return [0, Math.ceil(later * 5 * 60 * MINUTE)];
    default:
      return [0];
  }
}

function expectedTicks({ schedules }: Resources, end: number) {
  return schedules.flatMap(({ job, expression, timeZone }) =>
    ticksBetween(expression, timeZone, new Date(FROM), new Date(end)).map((tick) => ({
      job,
      tick,
    })),
  );
}

async function readRows(client: DynamoDBClient, { tables }: Resources): Promise<Run[]> {
  const table = tables.find(
    ({ keySchema }) => keySchema.length === 2 && keySchema[0]?.AttributeName === 'job',
  );
  const rows: Run[] = [];
  for await (const { Items = [] } of paginateScan(
    { client },
    { TableName: table?.name, ConsistentRead: true },
  )) {
    rows.push(...Items.map((item) => unmarshall(item) as Run));
  }
  return rows;
}

function print({
  rows,
  end,
  store,
  cloud,
  verdicts,
}: {
  rows: Run[];
  end: number;
  store: FaultyStore;
  cloud: LocalCloud;
  verdicts: Verdict[];
}): void {
  const ended = new Map<string, number>();
  for (const { status, reason } of rows.filter(({ tick }) => timeOf(tick) < end)) {
    const how = reason ? `${status}: ${reason}` : status;
    ended.set(how, (ended.get(how) ?? 0) + 1);
  }
  const duplicates = [...cloud.history.duplicates.values()].reduce((sum, count) => sum + count, 0);
  const sorted = (counts: Map<string, number>) => [...counts].sort(([, a], [, b]) => b - a);
  console.log(tableOf(['what happened to requests', 'times'], sorted(store.counts)));
  console.log(
    `\n${tableOf(['how ticks ended', 'times'], [...sorted(ended), ['(duplicate deliveries)', duplicates]])}`,
  );
  console.log(
    `\n${tableOf(
      ['promise', 'broken'],
      verdicts.map(({ promise, broken }) => [promise, broken.length]),
    )}`,
  );
  for (const { promise, broken } of verdicts) {
    for (const tick of broken.slice(0, 10)) console.log(`BROKEN ${promise}: ${tick}`);
  }
}
