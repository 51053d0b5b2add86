import type { Holder, Ledger } from '../ledger/ledger.ts';
import { timeAfter } from './failure-policy.ts';
import type { Run, RunError } from './states.ts';

/**
 * Whether a holder's lease has run out. Decided by comparing clocks, never by an item being gone:
 * DynamoDB's time to live deletes days late.
 */
export function isDead(holder: Holder, now: number): boolean {
  return holder.leaseExpiresAt <= now;
}

/** How an attempt died, where more is known than that its lease ran out. */
export interface Death {
  status: 'crashed' | 'timed_out';
  error: RunError;
}

/**
 * Closes the row of an attempt that is dead, unless it closed it itself. With its own fence
 * on its row every late write of it is refused, so it can never turn into a success.
 *
 * @returns the row as it then is, and whether this call wrote it
 */
export async function seal(
  holder: Holder,
  fence: number,
  now: number,
  ledger: Ledger,
  death?: Death,
): Promise<{ row: Run; written: boolean }> {
  const { leaseExpiresAt, retryDelay, ...attempt } = holder;
  const row: Run = {
    ...attempt,
    ...(death ?? { status: 'crashed', reason: 'lease_expired' }),
    fence,
    finishedAt: new Date(now).toISOString(),
    ...(retryDelay !== undefined && { retryAt: timeAfter(retryDelay, now) }),
  };
  const recorded = await ledger.record(row, now);
  if (recorded.written) return { row, written: true };
  return { row: recorded.run ?? row, written: false };
}

/**
 * Whether the attempt with this fence has ended for good. `timed_out` is written by the attempt
 * itself a moment before its deadline, while its code may still be running: only its lease ends it.
 */
export function isOver(run: Run | undefined, fence: number): run is Run {
  return run !== undefined && run.fence >= fence && run.status !== 'timed_out';
}
