import type { PastAttempt, Run } from './states.ts';

/** The attempts before this one; a row of which no attempt was made is none. */
export function historyOf(previous: Run | undefined): { earlier?: PastAttempt[] } {
  if (!previous || previous.attempt === 0) return {};
  const { attempt, status, reason, startedAt, finishedAt, error, requestId, logStream } = previous;
  const last = { attempt, status, reason, startedAt, finishedAt, error, requestId, logStream };
  return { earlier: [...(previous.earlier ?? []), last] };
}
