import { act } from '../act.ts';
import type { Connection } from '../connection.ts';
import { eachOf, jobsMeant } from '../each.ts';
import type { Out } from '../out.ts';

/** `punctual resume`. */
export async function run(
  connection: Connection,
  args: readonly string[],
  { all, reason }: { all?: boolean; reason?: string },
  out: Out,
): Promise<number> {
  const meant = jobsMeant(args, all, connection);
  const names = new Set(meant);
  const locks = await connection.store.readLocks([
    ...new Set(connection.jobs.flatMap(({ name, limits }) => (names.has(name) ? limits.lock : []))),
  ]);
  const isPaused = (job: string) => [...locks.values()].some(({ paused }) => job in paused);
  // Of all jobs those that run need nothing; of one job it is said.
  const jobs = all ? meant.filter(isPaused) : meant;
  return eachOf(jobs, 'resume', out, (job) => act(connection, { action: 'resume', job }, reason));
}
