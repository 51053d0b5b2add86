import { type Pruned, prune, STILL_NEEDED } from '../../core/operations/prune.ts';
import type { Status } from '../../core/run/states.ts';
import { toDuration } from '../../core/schedule/duration.ts';
import { noteOnce } from '../act.ts';
import { confirm } from '../confirm.ts';
import type { Connection } from '../connection.ts';
import { jobIn } from '../named.ts';
import type { Out } from '../out.ts';
import { Misuse } from '../problem.ts';

interface Options {
  /** Milliseconds. */
  olderThan: number;
  status?: Status;
  job?: string;
  dryRun?: boolean;
  yes?: boolean;
  reason?: string;
}

/** `punctual prune`. */
export async function run(
  connection: Connection,
  _args: readonly string[],
  { olderThan, status, job, dryRun = false, yes, reason }: Options,
  out: Out,
): Promise<number> {
  const { store, jobs, stack, now } = connection;
  if (olderThan < STILL_NEEDED)
    throw new Misuse(
      `--older-than must be at least ${toDuration(STILL_NEEDED)}: until then a tick may be delivered again, and its row is what keeps it from running twice`,
    );
  const listed = jobs.map(({ name, limits: { misfireGrace } }) => ({ name, misfireGrace }));
  const one = listed.find(({ name }) => name === job);
  // A job that left the list keeps its rows until their time is over.
  const meant = job === undefined ? listed : [one ?? { name: job, misfireGrace: 0 }];
  const age = toDuration(olderThan);
  const what = `${status ?? 'all'} rows of ${job ?? `all jobs of ${stack}`} that are older than ${age}`;
  if (!dryRun) await confirm(`${what} will be gone for good`, { yes });
  const pruned: Pruned[] = [];
  for (const job of meant) {
    const done = await prune(job, { olderThan, status, dryRun }, store, await now());
    pruned.push(done);
    if (dryRun || done.deleted === 0) continue;
    const outcome = `deleted ${done.deleted} ${status ?? ''} rows older than ${age}`;
    const write = await noteOnce(connection, 'prune', job.name, reason);
    await write(outcome.replaceAll('  ', ' '));
  }
  // Without rows and not in the list, it is a name that somebody mistyped.
  if (job !== undefined && pruned.every((one) => one.deleted + one.kept === 0)) jobIn(job, jobs);
  const deleted = pruned.reduce((sum, one) => sum + one.deleted, 0);
  out.answer({ dryRun, olderThanSeconds: olderThan / 1_000, status, deleted, jobs: pruned }, () => {
    const some = pruned.filter((one) => one.deleted + one.kept > 0);
    if (some.length > 0)
      out.table(
        ['job', dryRun ? 'would go' : 'deleted', 'kept'],
        some.map(({ job, deleted, kept }) => [job, String(deleted), String(kept)]),
      );
    out.line(`${deleted} rows ${dryRun ? 'would be deleted' : 'deleted'}`);
  });
  return 0;
}
