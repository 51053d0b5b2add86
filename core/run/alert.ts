import { failedForGood } from './failure-policy.ts';
import { NO_FENCE, type Reason, type Run } from './states.ts';
import type { Tick } from './tick.ts';

/** How near a run is to its timeout. */
export const LEVELS = ['warning', 'critical', 'emergency'] as const;
export type Level = (typeof LEVELS)[number];

/** What a person should hear of, once. */
export interface News {
  kind: /** A run failed for good: no attempt will follow. */
    | 'failed'
    /** A tick did not run at its time, for want of a delivery or of the store. */
    | 'missed'
    /** A run has taken most of its timeout, and lives. */
    | 'overdue'
    /** A job was paused: by the breaker, or by a person. */
    | 'paused'
    /** It runs again. */
    | 'resumed'
    /** A message about a delivery that could not be dealt with, and will not come again. */
    | 'dead_letter';
  job: string;
  tick?: Tick;
  attempt?: number;
  /** Of what is overdue. */
  level?: Level;
  /** In words. */
  why: string;
  /** Where the lines of the attempt are. */
  logGroup?: string;
  logStream?: string;
}

/** What a row that was written has to tell; `undefined` where it is nothing that a person should hear of. */
export function newsOf(
  run: Pick<Run, 'job' | 'tick' | 'status' | 'reason' | 'attempt' | 'fence' | 'retryAt' | 'error'> &
    Pick<News, 'logGroup' | 'logStream'>,
): News | undefined {
  const { job, tick, status, reason, attempt, fence, retryAt, error, logGroup, logStream } = run;
  const what = error ? `${error.name}: ${error.message}` : undefined;
  const about = { job, tick, attempt, logGroup, logStream };
  if (failedForGood(run)) {
    const attempts = attempt === 1 ? 'its only attempt' : `the last of ${attempt} attempts`;
    const why = `${status} in ${attempts}: ${what ?? reason ?? 'no reason is known'}`;
    return { ...about, kind: 'failed', why };
  }
  // Also one that will be caught up, or that a newer one stands for: it did not run at its time. Where a
  // sweep says so of a row that was missed before, it has a step more in its fence, and is no news.
  const isBacklog = status === 'missed' || (status === 'skipped' && reason === 'superseded');
  const isMissed =
    attempt === 0 ? isBacklog && fence === NO_FENCE : status === 'missed' && !retryAt;
  if (!isMissed) return undefined;
  const follows = retryAt ? '; it is caught up' : '';
  const why = [MISSED[reason ?? 'not_delivered'] ?? reason, what].filter(Boolean).join(': ');
  return { ...about, kind: 'missed', why: why + follows };
}

/** The reasons that a tick was missed for, in words. */
const MISSED: Partial<Record<Reason, string>> = {
  not_delivered: 'no delivery of it came to its code',
  store_unavailable: 'the store could not be used',
  misfire: 'it was delivered too late',
  superseded: 'no delivery of it came, and a newer tick stands for it',
};
