import { setTimeout as sleep } from 'node:timers/promises';
import type { Overview } from '../../core/operations/overview.ts';
import { readOverview } from '../../core/operations/read-overview.ts';
import type { Connection } from '../connection.ts';
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

/** Against AWS each look is a request a job, and a hundred thousand of them two cents. */
const EVERY = { local: 1_000, aws: 10_000 };

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
  let isLost = false;
  while (!signal.aborted) {
    try {
      // A cloud that was started again has its database, and perhaps its jobs, elsewhere.
      if (isLost) connection = await connection.again();
      const { jobs, store, now } = connection;
      show.seen(await readOverview(jobs, store, await now()));
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
