import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { failedForGood } from '../../core/run/failure-policy.ts';
import { baseOf } from '../../core/run/made.ts';
import { METRICS_NAMESPACE, type MetricName } from '../../core/run/metric-names.ts';
import type { Outcome, Trigger } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';

const COUNTED_AS: Record<Outcome['status'], MetricName> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  timed_out: 'TimedOut',
  crashed: 'Crashed',
  skipped: 'Skipped',
  missed: 'Missed',
  duplicate: 'Duplicate',
  waiting: 'Waiting',
};

/** What is known of an attempt besides how it ended. */
export interface Circumstances {
  /** Milliseconds from the start of the handler to that of the job's code. */
  lockWait?: number;
  /** How often this invocation sent a request to the store again. */
  storeRetries?: number;
  /** Who asked for it. */
  trigger?: Trigger;
}

/**
 * Metrics in the embedded metric format: lines of the log, which CloudWatch reads; no call, no wait.
 *
 * @param stack its name is a dimension of every metric: an account may hold several stages
 */
export function createMetrics(stack: string): Metrics {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
  // Powertools adds a dimension `service`, which would make a second series of every metric.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ stack });
  return metrics;
}

/** Counts an outcome, in one document; where code ran, also how long it took and how late it began. */
export function countOutcome(
  metrics: Metrics,
  outcome: Outcome,
  { lockWait, storeRetries, trigger }: Circumstances = {},
): void {
  const { job, tick, status, startedAt } = outcome;
  count(metrics, COUNTED_AS[status]);
  if (failedForGood(outcome)) count(metrics, 'FailedForGood');
  if (startedAt !== undefined) {
    measure(metrics, 'Duration', durationOf(outcome));
    // A backfill is late on purpose: a year, and no average would say anything any more.
    if (trigger !== 'backfill')
      measure(metrics, 'StartDelay', Date.parse(startedAt) - timeOf(tick));
  }
  if (lockWait !== undefined) measure(metrics, 'LockWait', lockWait);
  if (storeRetries) count(metrics, 'StoreRetries', storeRetries);
  publish(metrics, job);
}

/** How long an attempt took, in milliseconds; `NaN` where its code never ran. */
export function durationOf({ startedAt, finishedAt }: Outcome): number {
  return Date.parse(finishedAt) - Date.parse(startedAt ?? '');
}

/** Counts requests that were sent again and that no outcome counted: after it, or where there was none. */
export function countStoreRetries(metrics: Metrics, job: string, retries: number): void {
  count(metrics, 'StoreRetries', retries);
  publish(metrics, job);
}

/** Counts a sweep that came to its end, and what it found. */
export function countSweep(
  stack: string,
  { paused, overdue, alerts }: { paused: number; overdue: number; alerts: number },
): void {
  const metrics = createMetrics(stack);
  count(metrics, 'Sweeps');
  count(metrics, 'Paused', paused);
  count(metrics, 'Overdue', overdue);
  count(metrics, 'Alerts', alerts);
  metrics.publishStoredMetrics();
}

function count(metrics: Metrics, name: MetricName, value = 1): void {
  metrics.addMetric(name, MetricUnit.Count, value);
}

function measure(metrics: Metrics, name: MetricName, milliseconds: number): void {
  metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds);
}

/** One line, of which CloudWatch makes two series a metric: the job's, and that of the whole stack. */
function publish(metrics: Metrics, job: string): void {
  // Alarms watch the stack's, so that they cost the same for any number of jobs. Forgotten with every
  // document, so they are set anew.
  metrics.addDimensions({ job: baseOf(job) }).addDimensions({});
  // Powertools' middleware would do this too, but complain in plain text where nothing was counted.
  metrics.publishStoredMetrics();
}
