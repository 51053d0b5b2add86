import type { Holder, Ledger } from '../ledger/ledger.ts';
import type { Run } from './states.ts';

/**
 * Whether a holder's lease has run out. Decided by comparing clocks, never by an item being gone:
 * DynamoDB's time to live deletes days late.
 */
export function isDead(holder: Holder, now: number): boolean {
  return holder.leaseExpiresAt <= now;
}

/**
 * Closes the row of an attempt whose lease ran out, unless it closed it itself. With its own fence
 * on its row every late write of it is refused, so it can never turn into a success.
 *
 * @returns the row as it then is, and whether this call wrote it
 */
export async function seal(
  holder: Holder,
  fence: number,
  now: number,
  ledger: Ledger,
): Promise<{ row: Run; written: boolean }> {
  const { leaseExpiresAt, ...attempt } = holder;
  const finishedAt = new Date(now).toISOString();
  const row: Run = { ...attempt, status: 'crashed', reason: 'lease_expired', fence, finishedAt };
  const recorded = await ledger.record(row, now);
  if (recorded.written) return { row, written: true };
  return { row: recorded.run ?? row, written: false };
}
