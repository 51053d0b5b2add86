import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Lock } from '../../core/ledger/ledger.ts';
import { runOf } from '../../core/ledger/run-row.ts';
import type { Item } from '../../core/ledger/update.ts';
import { functionName } from '../../core/run/function-name.ts';
import type { Run } from '../../core/run/states.ts';
import { Clock } from '../../local/clock.ts';
import { type CloudSetup, LocalCloud } from '../../local/cloud.ts';
import { createTables, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import { HttpServer } from '../../local/http.ts';
import type { Left } from '../../local/left.ts';
import type { Report } from '../../local/report.ts';
import { type Resources, resourcesOf } from '../../local/resources.ts';
import type { Alert } from '../../local/sns-api.ts';
import { synth } from '../../local/synth.ts';
import { readAssembly } from '../../local/template.ts';
import { type Note, notesIn } from './journal.ts';
import { type Line, linesIn } from './lines.ts';
import type { Part } from './schedules.ts';
import { type Asked, StoreDoor } from './store-door.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIST = fileURLToPath(new URL('./schedules.ts', import.meta.url));
const DAY = '2026-03-01';

/** Simulated milliseconds since 1970 of a time of the day that is played, such as `01:30`. */
export function timeAt(clockTime: string): number {
  return Date.parse(`${DAY}T${clockTime}Z`);
}

export interface Play {
  part: Part;
  /** When it ends, in simulated milliseconds since 1970; it begins at midnight. */
  to: number;
  /** Jobs whose function is started before anything fires, each as often as it is named: no run waits for that. */
  warm?: readonly string[];
  deliveries?: CloudSetup['deliveries'];
  undeliverable?: CloudSetup['undeliverable'];
  eventBridgeOff?: CloudSetup['eventBridgeOff'];
  /** Whether a request to the store gets no answer at this simulated time. */
  storeAway?: (now: number, asked: Asked) => boolean;
  /** What happens besides, at simulated times. The clock is held meanwhile. */
  events?: readonly { at: number; does: (stage: Stage) => unknown }[];
}

export interface Stage {
  /** Where the jobs leave their notes. */
  folder: string;
  /** Sends an event to a job's function through Lambda's API. */
  invoke(job: string, event: unknown, type: 'Event' | 'RequestResponse'): Promise<void>;
}

/** What could be seen of a play. */
export interface Seen {
  rows: Run[];
  locks: Lock[];
  /** Of all functions, each with the name of its log. */
  lines: Line[];
  notes: Note[];
  reports: Report[];
  /** Names of the one-time schedules that were asked for, each time they were. */
  schedulesMade: string[];
  /** What was asked of the store. */
  asked: Asked[];
  left: Left;
  /** What was published to the topic of alerts, in order. */
  alerts: readonly Alert[];
}

/** Synthesizes a part of the list, runs that stack on the local cloud, and tells what could be seen. */
export async function play({ part, to, warm = [], events = [], ...faults }: Play): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-troubles-'));
  process.env.PUNCTUAL_TROUBLES = part;
  process.env.PUNCTUAL_TROUBLES_FOLDER = folder;
  const http = await HttpServer.listen(0);
  const [assembly, database] = await Promise.all([synth(ROOT, LIST), startDynamoDB('dynalite')]);
  const resources = resourcesOf(readAssembly(assembly));
  const client = localClient(database.endpoint);
  await createTables(client, resources.tables);

  const clock = new Clock(timeAt('00:00'), Number.POSITIVE_INFINITY);
  const store = await StoreDoor.before(
    database.endpoint,
    (asked) => faults.storeAway?.(clock.now(), asked) ?? false,
  );
  const reports: Report[] = [];
  const cloud = new LocalCloud({
    root: folder,
    resources,
    clock,
    client,
    endpoint: store.endpoint,
    http,
    from: timeAt('00:00'),
    to,
    deliveries: () => [0],
    seed: 1,
    onRun: (report) => reports.push(report),
    ...faults,
  });
  const schedulesMade = watchSchedules(http);
  const stage: Stage = { folder, invoke: invoker(http, resources) };
  const held = async (work: () => unknown) => {
    const release = clock.hold();
    await work();
    release();
  };
  for (const { at, does } of events) clock.at(at, () => void held(() => does(stage)));

  await held(async () => {
    await cloud.start();
    await Promise.all(warm.map((job) => stage.invoke(job, {}, 'RequestResponse')));
  });
  await clock.reached(to);
  await cloud.settled();
  await cloud.finish();

  const [rows, locks] = await Promise.all([rowsIn(client, resources), locksIn(client, resources)]);
  const seen = {
    rows: rows.sort((a, b) => (a.tick < b.tick ? -1 : 1)),
    locks,
    lines: linesIn(folder),
    notes: notesIn(folder),
    reports,
    schedulesMade,
    asked: store.asked,
    left: cloud.left(),
    alerts: cloud.alerts,
  };
  await Promise.all([cloud.stop(), http.close(), store.stop()]);
  client.destroy();
  await database.stop();
  rmSync(folder, { recursive: true });
  return seen;
}

/** The names of the schedules that CreateSchedule is asked for from now on. */
function watchSchedules(http: HttpServer): string[] {
  const made: string[] = [];
  const { answer } = http;
  http.answer = (request) => {
    const [, name] = /^\/schedules\/(.+)$/.exec(request.path) ?? [];
    if (request.method === 'POST' && name) made.push(decodeURIComponent(name));
    return answer(request);
  };
  return made;
}

function invoker(http: HttpServer, { stackName }: Resources): Stage['invoke'] {
  return async (job, event, type) => {
    const name = functionName(stackName, job);
    await fetch(`${http.url}/2015-03-31/functions/${name}/invocations`, {
      method: 'POST',
      headers: { 'x-amz-invocation-type': type },
      body: JSON.stringify(event),
    });
  };
}

async function rowsIn(client: DynamoDBClient, resources: Resources): Promise<Run[]> {
  return (await itemsIn(client, resources, 'job,tick')).map(runOf);
}

async function locksIn(client: DynamoDBClient, resources: Resources): Promise<Lock[]> {
  const items = await itemsIn(client, resources, 'lock');
  // The sweeper keeps what it remembers in the same table.
  return items.filter((item) => 'holders' in item).map((item) => unmarshall(item) as Lock);
}

/** Everything in the table that has these keys. */
async function itemsIn(client: DynamoDBClient, { tables }: Resources, keys: string) {
  const TableName = tables.find(
    ({ keySchema }) => keySchema.map((key) => key.AttributeName).join() === keys,
  )?.name;
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...Items);
  return items;
}
