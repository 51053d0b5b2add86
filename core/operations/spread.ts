import type { Deployed } from '../run/limits.ts';
import { startsByMinute } from '../schedule/day-starts.ts';
import { MINUTE } from '../schedule/duration.ts';
import { everyExpressions } from '../schedule/every.ts';
import { staggerAll } from '../schedule/stagger.ts';

/** The starts in each minute of a day (UTC), in the ways a list can be spread. */
export interface Spread {
  /** As it was deployed. */
  asItIs: number[];
  /** Without offsets. */
  flat: number[];
  /** With `offset: 'auto'` for every interval; absent where the list is too long to find out on the way. */
  packed?: number[];
}

/** A longer list would take too long while somebody waits for a page: `punctual plan` packs it. */
const MOST_PACKED = 300;

/**
 * How a list is spread over the day, and how it could be. Every start weighs the same: what a run weighs is
 * not deployed.
 *
 * @param jobs of the list, in its order; those that are off keep their places, and start nothing
 * @param now the clocks of their zones count as they stand then, in milliseconds since 1970
 */
export function spreadOf(jobs: readonly Deployed[], now: number): Spread {
  const day = (list: readonly Deployed[]) =>
    startsByMinute(
      list.filter(({ enabled }) => enabled),
      now,
    );
  return {
    asItIs: day(jobs),
    flat: day(jobs.map(flattened)),
    ...(jobs.length <= MOST_PACKED && { packed: day(packed(jobs)) }),
  };
}

function flattened(job: Deployed): Deployed {
  if (job.interval === undefined) return job;
  return { ...job, expressions: everyExpressions(job.interval / MINUTE, 0) };
}

function packed(jobs: readonly Deployed[]): Deployed[] {
  const placeable = jobs.map((job) => {
    const { lock, room } = job.limits;
    const group = lock === job.name ? undefined : { name: lock, limit: room };
    return { ...job, interval: job.interval, isStaggered: false, group, load: [1] };
  });
  return staggerAll(placeable);
}
