import { failStuck, runningSince } from '../application/builds.ts';
import { job } from '../job.ts';

/** How long a build may run, in milliseconds. */
const LONGEST = 30 * 60_000;

/** Builds that run for more than 30 minutes become `failed: stuck`. */
export const handler = job(async ({ signal, log }) => {
  const now = new Date();
  let failed = 0;
  for await (const build of runningSince(new Date(now.getTime() - LONGEST))) {
    signal.throwIfAborted();
    if (!(await failStuck(build, now))) continue;
    log.info('build was stuck', { build: build.id, startedAt: build.startedAt });
    failed += 1;
  }
  return { failed };
});
