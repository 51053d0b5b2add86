import type { Holder, Lock } from '../ledger/ledger.ts';
import type { FinalizeContext } from './finalize.ts';
import { type Death, seal } from './seal.ts';
import { NO_FENCE, type Run } from './states.ts';

/**
 * Closes the row of a holder that is dead, and gives the lock back in its place. The row comes first,
 * as where it does so itself.
 *
 * @param lock as it was seen, with the holder in it
 * @param death where more is known than that its lease ran out
 * @returns its row, which it may have closed itself, and the lock as it then is
 */
export async function free(
  lock: Lock,
  holderKey: string,
  holder: Holder,
  { ledger, clock, closed }: FinalizeContext,
  death?: Death,
): Promise<{ row: Run; after: Lock | undefined }> {
  const now = clock();
  const fence = lock.fences[holderKey] ?? NO_FENCE;
  const { row, written } = await seal(holder, fence, now, ledger, death);
  // Told of by whoever wrote it, and not where the attempt had closed its row itself and only its
  // release was lost: what is told twice is counted and alerted of twice.
  if (written) closed(row);
  const { token } = holder;
  const after = await ledger.release({ lock: lock.lock, holderKey, token, row, now });
  return { row, after };
}

/** The holder of a job that left the list: nobody is there to call again. */
export function withoutRetry(holder: Holder): Holder {
  return { ...holder, retryDelay: undefined };
}
