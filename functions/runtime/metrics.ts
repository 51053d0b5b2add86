import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Outcome } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';

const COUNTED_AS: Record<Outcome['status'], string> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  timed_out: 'TimedOut',
  crashed: 'Crashed',
  skipped: 'Skipped',
  missed: 'Missed',
  duplicate: 'Duplicate',
  waiting: 'Waiting',
};

/** Metrics in the embedded metric format: lines of the log, which CloudWatch reads; no call, no wait. */
export function createMetrics(job: string): Metrics {
  const metrics = new Metrics({ namespace: 'Punctual' });
  // Powertools adds a dimension `service`, which would make a second series of every metric.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ job });
  return metrics;
}

/** Counts an outcome, in one document; where code ran, also how long it took and how late it began. */
export function countOutcome(
  metrics: Metrics,
  { tick, status, startedAt, finishedAt }: Outcome,
): void {
  metrics.addMetric(COUNTED_AS[status], MetricUnit.Count, 1);
  if (startedAt !== undefined) {
    const started = Date.parse(startedAt);
    metrics.addMetric('Duration', MetricUnit.Milliseconds, Date.parse(finishedAt) - started);
    metrics.addMetric('StartDelay', MetricUnit.Milliseconds, started - timeOf(tick));
  }
  // Powertools' middleware would do this too, but complain in plain text where nothing was counted.
  metrics.publishStoredMetrics();
}
