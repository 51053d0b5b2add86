import type { PastAttempt, Run } from './states.ts';

/** Of the attempts after the first; a list of delays has twenty at most. */
const MOST_KEPT = 20;

/** The attempts before this one; a row of which no attempt was made is none. */
export function historyOf(previous: Run | undefined): { earlier?: PastAttempt[] } {
  if (!previous || previous.attempt === 0) return {};
  const { attempt, status, reason, startedAt, finishedAt, error, requestId, logStream } = previous;
  const last = { attempt, status, reason, startedAt, finishedAt, error, requestId, logStream };
  const [first, ...others] = [...(previous.earlier ?? []), last];
  // The first says what went wrong, the last what does. All of them, of a run that a person tries again and
  // again, would one day be more than an item holds.
  return { earlier: [...(first ? [first] : []), ...others.slice(-MOST_KEPT)] };
}
