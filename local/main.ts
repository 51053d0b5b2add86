/** `npm start`: synthesizes the stack and runs it on this machine. See `--help`. */
import { fileURLToPath } from 'node:url';
import { beaconOf } from './beacon.ts';
import { Clock } from './clock.ts';
import { LocalCloud } from './cloud.ts';
import { createTables, localClient, startDynamoDB } from './dynamodb.ts';
import { HttpServer } from './http.ts';
import { LOGS } from './logs.ts';
import { type Options, readOptions } from './options.ts';
import { Problem } from './problem.ts';
import { lineOf, lineOfAlert } from './report.ts';
import { type Resources, resourcesOf } from './resources.ts';
import { StopSignal } from './stop-signal.ts';
import { isSound, summarize, tableOfSummary } from './summary.ts';
import { synth } from './synth.ts';
import { readAssembly } from './template.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

try {
  const options = readOptions(process.argv.slice(2));
  process.exitCode = options ? await run(options) : 0;
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exit(2); // ends what was started meanwhile, too: it goes with this process
}

/** @returns the exit code */
async function run(options: Options): Promise<number> {
  const stop = new StopSignal();
  process.stdout.once('error', () => process.exit()); // nobody reads any more: `npm start | head`
  const http = await HttpServer.listen(options.port);
  console.log('synthesizing the stack');
  const [folder, database] = await Promise.all([
    synth(ROOT, options.schedules),
    startDynamoDB(options.dynamodb),
  ]);
  const assembly = readAssembly(folder);
  const resources = resourcesOf(assembly);
  const client = localClient(database.endpoint);
  await createTables(client, resources.tables);

  const from = options.from.getTime();
  const end = from + (options.for ?? Number.POSITIVE_INFINITY);
  const clock = new Clock(from, options.speed);
  const width = Math.max(0, ...resources.schedules.map(({ job }) => job.length));
  const cloud = new LocalCloud({
    root: ROOT,
    resources,
    clock,
    client,
    endpoint: database.endpoint,
    http,
    from,
    to: end,
    deliveries: () => Array(options.deliver).fill(0),
    eventBridgeOff: options.eventbridgeOff ? [options.eventbridgeOff] : [],
    seed: options.seed,
    beacon: beaconOf(assembly, database.endpoint, ROOT),
    onRun: (report) => console.log(lineOf(report, width)),
    onAlert: (alert) => console.log(lineOfAlert(alert, width)),
  });
  console.log(`page ${http.url}, logs ${LOGS}; Ctrl-C stops`);

  await cloud.start();
  const atEnd = clock.reached(end).then(() => cloud.settled());
  const stopped = await Promise.race([stop.asked().then(() => true), atEnd.then(() => false)]);
  // A tick due at this very moment may have fired.
  const to = stopped ? Math.min(end, clock.now() + 1) : end;
  const withdrawn = await cloud.finish();
  const summary = await summarize({
    client,
    runsTable: runsTableOf(resources),
    schedules: resources.schedules,
    from,
    to,
    withdrawn,
    duplicates: cloud.history.duplicates,
    left: cloud.left(),
  });
  await Promise.all([cloud.stop(), http.close()]);
  client.destroy();
  await database.stop();

  console.log(`\n${tableOfSummary(summary)}`);
  if (options.json) console.log(JSON.stringify(summary));
  return stopped || isSound(summary) ? 0 : 1;
}

function runsTableOf({ tables }: Resources): string {
  const runs = tables.find(
    ({ keySchema }) => keySchema.map((key) => key.AttributeName).join() === 'job,tick',
  );
  if (runs) return runs.name;
  throw new Problem(
    "the stack has no table with the keys 'job' and 'tick': there is nowhere to look for runs",
  );
}
