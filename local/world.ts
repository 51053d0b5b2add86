import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Build } from '../functions/application/builds.ts';
import type { Socket, Worker } from '../functions/application/connections.ts';
import { createBuilds } from './world/builds.ts';
import { createLicences } from './world/licences.ts';
import { createLines } from './world/lines.ts';
import { randomFrom } from './world/random.ts';
import { putAll, putEnd } from './world/store.ts';

/** What goes on around the jobs on a laptop: builds, licences, sockets and workers that change. */
export interface World {
  /** Fills the application table with what happened before `now`. */
  seed(now: Date): Promise<void>;
  /** Writes what happened since the last call. To be called once per simulated `everyMs`. */
  step(now: Date): Promise<void>;
  /** How much simulated time lies between two steps, in milliseconds. */
  readonly everyMs: number;
  /** What a socket or a worker answers over HTTP, under `/world/`. */
  answer(method: string, path: string): { status: number };
}

export interface WorldOptions {
  client: DynamoDBClient;
  /** Name of the application table. */
  table: string;
  /** Where `answer` is reached, without a slash at the end, such as `http://127.0.0.1:8377`. */
  baseUrl: string;
  /** The same seed, the same world. */
  seed: number;
}

/** Shorter than the five minutes after which a heartbeat counts as old. */
const EVERY = 4 * 60_000;
/** How much of the past `seed` plays through, in milliseconds. */
const PAST = 80 * 60_000;

/** A world that follows from its seed and from what is asked of it, and from nothing else. */
export function createWorld({ client, table, baseUrl, seed }: WorldOptions): World {
  // A generator each: what one kind draws must not depend on how many there are of another.
  const builds = createBuilds(randomFrom(seed));
  const licences = createLicences();
  const sockets = createLines(numbered('s', 12), randomFrom(seed + 1));
  const workers = createLines(numbered('w', 8), randomFrom(seed + 2));
  let last = 0;

  const socket = (id: string, now: Date): Socket => {
    const url = `${baseUrl}/world/sockets/${id}`;
    return { kind: 'socket', id, url, state: 'alive', todo: 'socket', since: now.toISOString() };
  };
  const worker = (id: string, now: Date): Worker => {
    const url = `${baseUrl}/world/workers/${id}`;
    const heartbeatAt = now.toISOString();
    return {
      kind: 'worker',
      id,
      url,
      state: 'alive',
      heartbeatAt,
      todo: 'worker',
      since: heartbeatAt,
    };
  };

  return {
    everyMs: EVERY,
    async seed(now) {
      last = now.getTime();
      const past = new Map<string, Build>();
      for (let at = last - PAST; at < last; at += EVERY) {
        const { started, ended } = builds.step(at, at + EVERY);
        for (const build of [...started, ...ended]) past.set(build.id, build);
      }
      await putAll(client, table, [
        ...past.values(),
        ...licences.seed(last),
        ...sockets.speaking().map((id) => socket(id, now)),
        ...workers.speaking().map((id) => worker(id, now)),
      ]);
    },
    async step(now) {
      const from = last;
      last = now.getTime();
      sockets.step();
      workers.step();
      const { started, ended } = builds.step(from, last);
      const isNew = (build: Build) => started.some(({ id }) => id === build.id);
      const fresh = new Map([...started, ...ended.filter(isNew)].map((build) => [build.id, build]));
      await Promise.all([
        putAll(client, table, [
          ...fresh.values(),
          ...licences.step(from, last),
          ...workers.speaking().map((id) => worker(id, now)),
        ]),
        ...ended.filter((build) => !isNew(build)).map((build) => putEnd(client, table, build)),
      ]);
    },
    answer(method, path) {
      const match = /^\/world\/(sockets|workers)\/(\w+)(\/reconnect)?$/.exec(path);
      if (!match) return { status: 404 };
      const [, kind, id = '', call] = match;
      const lines = kind === 'sockets' ? sockets : workers;
      if (method === 'GET' && !call) return { status: lines.ping(id) };
      if (method === 'POST' && call) return { status: lines.reconnect(id) };
      return { status: 405 };
    },
  };
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}
