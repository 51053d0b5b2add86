import type { Gist } from '../ledger/operations-store.ts';
import type { Tick } from '../run/tick.ts';

/**
 * Which ticks are run besides those that have no row:
 * `none` no others, but those that a backfill before this was kept from.
 * `failed` those that ended, and not in success: failed, timed out, crashed, missed, skipped.
 * `all` whatever has not succeeded, also what waits for its next attempt.
 * A success is never run again: a tick succeeds once.
 */
export const RERUNS = ['none', 'failed', 'all'] as const;
export type Rerun = (typeof RERUNS)[number];

export const ORDERS = ['oldest', 'newest'] as const;
export type Order = (typeof ORDERS)[number];

/** One tick that is to be run, and which attempt of it that will be. */
export interface Step {
  tick: Tick;
  attempt: number;
}

/**
 * @param ticks of the schedule, in order
 * @param rows of the job at that time; others are left alone
 */
export function planBackfill(
  ticks: readonly Tick[],
  rows: ReadonlyMap<Tick, Gist>,
  { order, rerun }: { order: Order; rerun: Rerun },
): Step[] {
  const steps = ticks.flatMap((tick) => {
    const row = rows.get(tick);
    return isWanted(row, rerun) ? [{ tick, attempt: (row?.attempt ?? 0) + 1 }] : [];
  });
  return order === 'newest' ? steps.reverse() : steps;
}

function isWanted(row: Gist | undefined, rerun: Rerun): boolean {
  if (!row || wasPutOff(row)) return true;
  if (row.status === 'succeeded' || rerun === 'none') return false;
  return rerun === 'all' || row.retryAt === undefined;
}

/** Skipped by a backfill because of what else there was at that moment: the tick has not had its turn. */
function wasPutOff({ trigger, status, reason }: Gist): boolean {
  return trigger === 'backfill' && status === 'skipped' && reason !== 'declined';
}
