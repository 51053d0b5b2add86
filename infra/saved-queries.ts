/** A query for CloudWatch Logs Insights, over the one log group of the stack. */
export interface SavedQuery {
  /** What it is found by, in the console and in docs/queries.md. */
  name: string;
  text: string;
}

export const RUN_TIMES = `filter ispresent(duration) and ispresent(timeout)
| fields 100 * duration / timeout as percent
| stats max(percent) as percentOfTimeout, max(duration) as longest, pct(duration, 95) as p95, avg(duration) as average, count(*) as runs by job
| sort percentOfTimeout desc`;

/**
 * Kept in CloudWatch with the stack. docs/queries.md shows and explains the same texts; what they ask for
 * are the lines that functions/ writes.
 */
export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: 'The runs of one job',
    text: `filter job = "reconnect-workers" and message like /^run /
| fields coalesce(outcome.status, status) as became, coalesce(outcome.reason, reason) as because, coalesce(outcome.error.message, failure.message) as errorMessage, coalesce(outcome.retryAt, retryAt) as nextAttempt
| display @timestamp, tick, attempt, trigger, became, because, duration, errorMessage, nextAttempt, instanceId
| sort @timestamp desc
| limit 200`,
  },
  { name: 'The slowest jobs, against their timeouts', text: RUN_TIMES },
  {
    name: 'Failures by error',
    text: `filter message like /^run (failed|timed_out|crashed)/
| fields coalesce(outcome.error.name, failure.name) as errorName, coalesce(outcome.error.message, failure.message) as errorMessage
| stats count(*) as attempts, latest(tick) as lastTick, max(@timestamp) as lastSeen by job, errorName, errorMessage
| sort attempts desc`,
  },
  {
    name: 'Duplicates, and who sent them',
    text: `filter message like /^run / and ispresent(outcome.status)
| fields strcontains(message, "duplicate") as isDuplicate
| stats count(*) as deliveries, sum(isDuplicate) as duplicates, count_distinct(executionId) as byEventBridge, count_distinct(requestId) as events, latest(trigger) as lastTrigger, max(@timestamp) as lastSeen by job, tick, attempt
| filter duplicates > 0
| sort lastSeen desc`,
  },
  {
    name: 'Execution environments seen',
    text: `filter message = "environment started"
| stats count_distinct(instanceId) as environments, count_distinct(functionVersion) as versions by functionName, bin(1h)`,
  },
  {
    name: 'Retries of requests to the store',
    text: `filter message = "store try failed"
| stats count(*) as tries, max(elapsed) as longest, max(@timestamp) as lastSeen by trouble, request, job
| sort tries desc`,
  },
  {
    name: 'Alerts',
    text: `filter ispresent(alert.kind)
| display @timestamp, message, alert.level, alert.count, alert.news.0.tick, alert.news.0.attempt, alert.news.0.why
| sort @timestamp desc`,
  },
  {
    name: 'What people did',
    text: `filter ispresent(note.what)
| display @timestamp, note.by, note.via, note.what, note.job, note.tick, note.why, note.outcome
| sort @timestamp desc`,
  },
];
