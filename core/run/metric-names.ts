/**
 * All metrics there are: what the code counts, and so what the dashboard and the alarms may show. A name
 * that only one of the two knew would be a graph that stays empty, or an alarm that never rings.
 */
export const METRICS = [
  // What became of a tick, by its status.
  'Succeeded',
  'Failed',
  'TimedOut',
  'Crashed',
  'Skipped',
  'Missed',
  /** A delivery of a tick that was already taken care of. */
  'Duplicate',
  /** A tick that took its place in its lock's queue. */
  'Waiting',
  /** A run that ended badly, and that no attempt will follow. */
  'FailedForGood',

  // How it went, in milliseconds; only where code ran.
  'Duration',
  /** From the tick to the start. */
  'StartDelay',
  /** From the start of the handler to that of the code: what the lock costs. */
  'LockWait',
  /** Requests to the store that were sent again; only where there were any. */
  'StoreRetries',

  // What the sweeper found, of the stack as a whole.
  /** A sweep that came to its end: the sweeper's heartbeat. */
  'Sweeps',
  /** Jobs that are paused now. */
  'Paused',
  /** Runs that have taken most of their timeout, and live. */
  'Overdue',
  /** News that people were told. */
  'Alerts',
] as const;

export type MetricName = (typeof METRICS)[number];

export const METRICS_NAMESPACE = 'Punctual';
