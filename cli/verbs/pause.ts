import { act } from '../act.ts';
import { confirm } from '../confirm.ts';
import type { Connection } from '../connection.ts';
import { eachOf, jobsMeant } from '../each.ts';
import type { Out } from '../out.ts';

interface Options {
  reason: string;
  until?: (now: number) => number;
  all?: boolean;
  yes?: boolean;
}

/** `punctual pause`. */
export async function run(
  connection: Connection,
  args: readonly string[],
  { reason, until, all, yes }: Options,
  out: Out,
): Promise<number> {
  const jobs = jobsMeant(args, all, connection);
  if (all) await confirm(`no job of ${connection.stack} will run until it is resumed`, { yes });
  const end = until && new Date(until(await connection.now())).toISOString();
  return eachOf(jobs, 'pause', out, (job) =>
    act(connection, { action: 'pause', job, until: end }, reason),
  );
}
