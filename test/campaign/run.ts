import { fileURLToPath } from 'node:url';
import type { RunLimits } from '../../core/run/limits.ts';
import { MINUTE } from '../../core/schedule/duration.ts';
import { ticksBetween } from '../../core/schedule/ticks.ts';
import { Clock } from '../../local/clock.ts';
import { LocalCloud } from '../../local/cloud.ts';
import { createTables, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import { HttpServer } from '../../local/http.ts';
import { type Resources, resourcesOf } from '../../local/resources.ts';
import { synth } from '../../local/synth.ts';
import { readAssembly } from '../../local/template.ts';
import { deliveriesOf, isUndeliverable, offTimes } from './deliveries.ts';
import { FaultyApi } from './faulty-api.ts';
import { FaultyStore } from './faulty-store.ts';
import { readLocks, readRows } from './ledger.ts';
import { print } from './print.ts';
import { JOBS } from './schedules.ts';
import { FROM, minutesOf } from './span.ts';
import { judge } from './verdict.ts';
import { prepare, sightsIn } from './witness.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIST = fileURLToPath(new URL('./schedules.ts', import.meta.url));
/** Without faults at the start: the sweeper's watch over a job begins with its first sweep. */
const FIRST_SWEEP = 5 * MINUTE;
/**
 * Without faults at the end: long enough for EventBridge to give up a retry that it can not deliver (an
 * hour), for a message to be tried again, and for the sweeper to find what is still open.
 */
const AFTERMATH = 150 * MINUTE;

export interface Campaign {
  ticks: number;
  seed: number;
  /** How many times as likely every fault is. */
  faults: number;
  dynamodb: 'dynalite' | 'java';
}

/** Plays a campaign and prints what came of it; true where every promise held. */
export async function run({ ticks, seed, faults, dynamodb }: Campaign): Promise<boolean> {
  const started = performance.now();
  const folder = `${ROOT}.punctual/campaign-${dynamodb}-${seed}${faults === 1 ? '' : `-${faults}`}`;
  const minutes = minutesOf(ticks, JOBS);
  const end = FROM + minutes * MINUTE;
  prepare(folder);
  process.env.PUNCTUAL_CAMPAIGN_SEED = String(seed);
  process.env.PUNCTUAL_CAMPAIGN_FAULTS = String(faults);
  process.env.PUNCTUAL_CAMPAIGN_FOLDER = folder;
  process.env.PUNCTUAL_CAMPAIGN_MINUTES = String(minutes);
  const http = await HttpServer.listen(0);
  const [assembly, database] = await Promise.all([synth(ROOT, LIST), startDynamoDB(dynamodb)]);
  const resources = resourcesOf(readAssembly(assembly));
  const limits = limitsIn(resources);
  const client = localClient(database.endpoint);
  await createTables(client, resources.tables);

  const clock = new Clock(FROM, Number.POSITIVE_INFINITY);
  const now = () => clock.now();
  const store = await FaultyStore.before({
    store: database.endpoint,
    seed,
    faults,
    now,
    kill: (requestId) => cloud.kill(requestId),
  });
  const cloud = new LocalCloud({
    // With logs of its own, so that two campaigns can be played at once.
    root: folder,
    resources,
    clock,
    client,
    endpoint: store.endpoint,
    http,
    from: FROM,
    to: end + AFTERMATH,
    deliveries: (job, tick, attempt) =>
      deliveriesOf(seed, { job, tick, attempt, grace: limits.get(job)?.misfireGrace ?? 0 }),
    undeliverable: (job, tick, attempt) => now() < end && isUndeliverable(seed, job, tick, attempt),
    eventBridgeOff: offTimes(seed, end),
    seed,
    onRun: () => {},
  });
  const api = new FaultyApi(http, { seed, faults, now });
  const switched = (on: boolean) => () => {
    store.on = on;
    api.on = on;
  };
  clock.at(FROM + FIRST_SWEEP, switched(true));
  clock.at(end, switched(false));
  await cloud.start();
  await clock.reached(end + AFTERMATH);
  await cloud.settled();
  await cloud.finish();

  const [rows, locks] = await Promise.all([
    readRows(client, resources),
    readLocks(client, resources),
  ]);
  const expected = expectedTicks(resources, end);
  const sights = sightsIn(folder);
  const verdicts = judge({ expected, limits, rows, locks, sights, left: cloud.left() });
  await Promise.all([cloud.stop(), http.close(), store.stop()]);
  client.destroy();
  await database.stop();

  const seconds = Math.round((performance.now() - started) / 1000);
  const duplicates = [...cloud.history.duplicates.values()].reduce((sum, count) => sum + count, 0);
  const { placesTaken } = store;
  const faultsSeen = new Map([...store.counts, ...api.counts]);
  print({ faults: faultsSeen, rows, sights, duplicates, placesTaken, verdicts });
  const sound = verdicts.every(({ broken }) => broken.length === 0);
  console.log(
    `\nseed ${seed}, faults ${faults}, on ${dynamodb}, ${expected.length} ticks in ${seconds} s: ${sound ? 'every promise held' : `A PROMISE WAS BROKEN; what was seen and logged is in ${folder}`}`,
  );
  return sound;
}

/** As the stack tells them to the functions. */
function limitsIn({ functions }: Resources): Map<string, RunLimits> {
  return new Map(
    functions.flatMap(({ environment: { PUNCTUAL_JOB, PUNCTUAL_LIMITS } }) =>
      PUNCTUAL_JOB && PUNCTUAL_LIMITS ? [[PUNCTUAL_JOB, JSON.parse(PUNCTUAL_LIMITS)]] : [],
    ),
  );
}

function expectedTicks({ schedules }: Resources, end: number) {
  return schedules.flatMap(({ job, expression, timeZone }) =>
    ticksBetween(expression, timeZone, new Date(FROM), new Date(end)).map((tick) => ({
      job,
      tick,
    })),
  );
}
