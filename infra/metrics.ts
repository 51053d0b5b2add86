import { Duration } from 'aws-cdk-lib';
import { Metric, SearchExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE, type MetricName } from '../core/run/metric-names.ts';

/** As often as the sweeper comes, and as fine as anybody looks. */
export const PERIOD = Duration.minutes(5);

/** A metric of all jobs of a stack together. Default: its sum. */
export function ofStack(
  stack: string,
  metricName: MetricName,
  more: { statistic?: string; label?: string; period?: Duration } = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { stack },
    statistic: Stats.SUM,
    period: PERIOD,
    ...more,
  });
}

/**
 * A metric of each job, of the jobs that have most of it. By a search, which finds jobs that are added
 * later, and is as long for ninety of them as for one.
 */
export function ofJobs(
  stack: string,
  metric: MetricName,
  statistic: string = Stats.MAXIMUM,
  most = 20,
): SearchExpression {
  const found = `SEARCH('{${METRICS_NAMESPACE},stack,job} MetricName="${metric}" stack="${stack}"', '${statistic}', ${PERIOD.toSeconds()})`;
  return new SearchExpression({
    expression: `SLICE(SORT(${found}, MAX, DESC), 0, ${most})`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch fills it in
    label: "${PROP('Dim.job')}",
    period: PERIOD,
  });
}
