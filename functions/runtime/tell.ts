import type { Logger } from '@aws-lambda-powertools/logger';
import { type Alert, alertOf } from '../../core/run/alert.ts';
import type { Run } from '../../core/run/states.ts';
import { countOutcome, createMetrics } from './metrics.ts';

/** A row that this process closed for an attempt or a tick that was not its own: a line, a count, an alert. */
export function tellClosed(log: Logger, row: Run): void {
  const { job, tick, attempt, status, reason, error, retryAt } = row;
  const line = status === 'skipped' ? 'info' : 'error';
  log[line](`run ${status}`, { job, tick, attempt, status, reason, failure: error, retryAt });
  // When a dead attempt ended is not known, only that it did: so it is counted without a duration.
  countOutcome(createMetrics(job), { ...row, startedAt: undefined });
  const alert = alertOf(row);
  if (alert) tellAlert(log, alert);
}

/** What a person should hear of. */
export function tellAlert(log: Logger, alert: Alert): void {
  log.warn(`alert: ${alert.job} ${alert.kind}`, { alert });
}
