import type { RunLimits } from './limits.ts';
import type { Tick } from './tick.ts';

/** Of a longer backlog the newest run; more would keep a job busy for hours with what is long past. */
const MOST_CAUGHT_UP = 100;

/** What a backlog becomes; what is in neither stays missed. */
export interface CatchUp {
  /** To be run, in this order. */
  run: Tick[];
  superseded: Tick[];
}

/**
 * Decides what becomes of ticks that did not run at their time.
 *
 * @param backlog in order
 * @param started the newest tick of the job that ran
 */
export function catchUp(
  backlog: readonly Tick[],
  policy: RunLimits['catchUp'],
  started: Tick | undefined,
): CatchUp {
  if (policy === 'none') return { run: [], superseded: [] };
  // What `latest` is for has been done by a newer tick, if one has run.
  const newest = backlog.filter((tick) => started === undefined || tick > started).slice(-1);
  const run = policy === 'latest' ? newest : backlog.slice(-MOST_CAUGHT_UP);
  return { run, superseded: backlog.filter((tick) => !run.includes(tick)) };
}
