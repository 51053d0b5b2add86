import { setTimeout as sleep } from 'node:timers/promises';
import type { Overview } from '../../core/operations/overview.ts';
import { readOverview, readSummary } from '../../core/operations/read-overview.ts';
import type { Deployed } from '../../core/run/limits.ts';
import { withMade } from '../../core/run/made.ts';
import type { Connection } from '../connection.ts';
import { listedIn } from '../named.ts';
import type { Out } from '../out.ts';
import { toldOf } from '../problem.ts';
import { Changes } from '../watch/changes.ts';
import { Lines } from '../watch/lines.ts';
import { Screen } from '../watch/screen.ts';
import { enough } from '../watch/stop.ts';

interface Options {
  /** Milliseconds. */
  every?: number;
}

/** Against AWS each look is a request a job, up to so many jobs, and a hundred thousand of them two cents. */
const EVERY = { local: 1_000, aws: 10_000 };

/** In longer lists only the last run of each job is looked for, and what went wrong. */
const FEW = 100;

/** Milliseconds after which the cloud is found anew: a deploy may have changed the list. */
const FIND_EVERY = 60_000;

/** What shows what is seen. */
export interface Show {
  seen(overview: Overview): void;
  /** The cloud gives no answer. */
  lost(why: string): void;
  close(): void;
}

/** `punctual watch`. */
export async function run(
  first: Connection,
  _args: readonly string[],
  { every = EVERY[first.isLocal ? 'local' : 'aws'] }: Options,
  out: Out,
): Promise<number> {
  const signal = enough();
  const show: Show =
    out.isTerminal && !out.isJson ? new Screen(first.stack, out) : new Lines(new Changes(), out);
  let connection = first;
  let foundAt = Date.now();
  let isLost = false;
  while (!signal.aborted) {
    try {
      // A cloud that was started again has its database, and perhaps its jobs, elsewhere.
      if (isLost || Date.now() >= foundAt + FIND_EVERY) {
        connection = await connection.again();
        foundAt = Date.now();
      }
      const { store, now } = connection;
      const jobs = await jobsOf(connection);
      const read = jobs.length > FEW ? readSummary : readOverview;
      show.seen(await read(jobs, store, await now()));
      isLost = false;
    } catch (error) {
      const told = toldOf(error);
      if (!told) throw error;
      isLost = true;
      if (!signal.aborted) show.lost(told.text);
    }
    await sleep(every, undefined, { signal }).catch(() => {});
  }
  show.close();
  return 0;
}

/** The list, and what is made at run time by now. */
async function jobsOf({ jobs, made }: Connection): Promise<Deployed[]> {
  return withMade(listedIn(jobs), await made.read());
}
