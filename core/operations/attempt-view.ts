import type { Ledger } from '../ledger/ledger.ts';
import { placeOf } from '../run/queue.ts';
import type { Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';

/** How an attempt stands that somebody asked for. */
export type AttemptView =
  /** It, or a later one, has its row; or one before it has succeeded. */
  | { row: Run }
  /** It is at work, or waits for its turn; or no trace of it is there: not yet, or not any more. */
  | { row?: undefined; state: 'running' | 'waiting' | 'nowhere' };

/** @param lock which the job takes */
export async function viewAttempt(
  job: string,
  tick: Tick,
  attempt: number,
  lock: string,
  ledger: Pick<Ledger, 'readLock' | 'readRun'>,
): Promise<AttemptView> {
  // The lock first: a row is written before its lock is given back, so what is gone from there has one.
  const seen = await ledger.readLock(lock);
  const row = await ledger.readRun(job, tick);
  if (row && (row.attempt >= attempt || row.status === 'succeeded')) return { row };
  const holders = Object.values(seen?.holders ?? {});
  if (holders.some((holder) => holder.job === job && holder.tick === tick))
    return { state: 'running' };
  return { state: seen && placeOf(seen, job, tick) ? 'waiting' : 'nowhere' };
}
