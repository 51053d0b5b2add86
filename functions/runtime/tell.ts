import type { Logger } from '@aws-lambda-powertools/logger';
import type { Turn } from '../../core/run/follow-up.ts';
import type { Run } from '../../core/run/states.ts';
import { countOutcome, createMetrics } from './metrics.ts';

/** A row that this process closed for an attempt or a tick that was not its own: a line and a count. */
export function tellClosed(log: Logger, stack: string, row: Run): void {
  const { job, tick, attempt, status, reason, error, retryAt } = row;
  const line = status === 'skipped' ? 'info' : 'error';
  log[line](`run ${status}`, { job, tick, attempt, status, reason, failure: error, retryAt });
  // When a dead attempt ended is not known, only that it did: so it is counted without a duration.
  countOutcome(createMetrics(stack), { ...row, startedAt: undefined });
}

/** What the breaker did. */
export function tellTurned(log: Logger, { kind, job, why }: Turn): void {
  log.warn(`job ${kind}`, { job, by: 'breaker', why });
}
