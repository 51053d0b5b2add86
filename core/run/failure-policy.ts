import { DAY, MINUTE } from '../schedule/duration.ts';
import { DoNotRetry, RetryAfter } from './intent.ts';
import type { RunLimits } from './limits.ts';
import type { Outcome } from './states.ts';

/**
 * How long to wait after a failed attempt, in milliseconds; `undefined` where it was the last, or
 * its code said that it shall be.
 *
 * @param attempt which one failed: 1, 2, 3 ...
 * @param thrown what the code threw, if it did
 */
export function retryDelay(
  attempt: number,
  { retryDelays }: Pick<RunLimits, 'retryDelays'>,
  thrown?: unknown,
): number | undefined {
  const delay = retryDelays[attempt - 1];
  if (delay === undefined || thrown instanceof DoNotRetry) return undefined;
  return thrown instanceof RetryAfter ? Math.min(Math.max(thrown.delay, MINUTE), DAY) : delay;
}

/** A time so long after `now`, to the second, as EventBridge takes it: ISO 8601. */
export function timeAfter(delay: number, now: number): string {
  return new Date(Math.floor((now + delay) / 1000) * 1000).toISOString();
}

const BAD: Outcome['status'][] = ['failed', 'timed_out', 'crashed'];

/** Whether a run has failed for good: it ended badly, and no attempt will follow. */
export function failedForGood({ status, retryAt }: Pick<Outcome, 'status' | 'retryAt'>): boolean {
  return BAD.includes(status) && retryAt === undefined;
}
