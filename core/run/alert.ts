import { failedForGood } from './failure-policy.ts';
import type { Outcome } from './states.ts';
import type { Tick } from './tick.ts';

/** What a person should hear of, once. */
export interface Alert {
  kind: /** A run failed for good: no attempt will follow. */
    | 'failed'
    /** A tick did not run at its time, for want of a delivery or of the store. */
    | 'missed'
    /** A job that failed too often in a row paused itself. */
    | 'paused'
    /** A job that had paused itself succeeded, and runs again. */
    | 'resumed';
  job: string;
  tick: Tick;
  /** In words. */
  why: string;
}

/** What a row that was just written is to alert of. */
export function alertOf(
  run: Pick<Outcome, 'job' | 'tick' | 'status' | 'reason' | 'attempt' | 'retryAt' | 'error'>,
): Alert | undefined {
  const { job, tick, status, reason, attempt, retryAt, error } = run;
  const what = error ? `${error.name}: ${error.message}` : (reason ?? status);
  if (failedForGood(run)) {
    const attempts = attempt === 1 ? 'its only attempt' : `the last of ${attempt} attempts`;
    return { kind: 'failed', job, tick, why: `${status} in ${attempts}: ${what}` };
  }
  // Also one that will be caught up: it did not run at its time.
  const isMissed = status === 'missed' && (attempt === 0 || retryAt === undefined);
  return isMissed
    ? { kind: 'missed', job, tick, why: `${reason ?? 'missed'}: ${what}` }
    : undefined;
}
