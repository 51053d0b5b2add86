import type { Tick } from './tick.ts';

/**
 * What became of a tick. A row exists only in one of these; a tick that is still running is a
 * holder in its lock and has no row yet.
 */
export type Status =
  /** The function returned. Final: no write ever changes it. */
  | 'succeeded'
  /** The function threw. */
  | 'failed'
  /** The signal fired and the deadline came. Its code may live until Lambda's own deadline. */
  | 'timed_out'
  /** The process died, or its lease ran out: sealed by whoever found it. */
  | 'crashed'
  /** Deliberately not run; the reason says why. */
  | 'skipped'
  /** No delivery came in time, or none could reach the store. */
  | 'missed';

export type Reason =
  /** The job was at its concurrency. */
  | 'overlap'
  /** Delivered later than `misfireGrace`. */
  | 'misfire'
  /** The job is paused. */
  | 'paused'
  /** The lease of the holder ran out. */
  | 'lease_expired'
  /** Nothing ever wrote of it: no delivery came, or each died before its first write. */
  | 'not_delivered';

/** Who asked for a run. */
export const TRIGGERS = [
  'schedule',
  'retry',
  'manual',
  'backfill',
  'catch-up',
  'dependency',
  'continuation',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

export interface RunError {
  name: string;
  message: string;
}

/** Where the lines of an attempt are: one execution environment, one log stream. */
export interface LogPlace {
  requestId: string;
  /** One per execution environment, made at its start. */
  instanceId: string;
  logGroup: string;
  logStream: string;
}

/** One row of the runs table: what became of one tick. */
export interface Run extends Partial<LogPlace> {
  job: string;
  tick: Tick;
  status: Status;
  reason?: Reason;
  /** The fencing token of the attempt that wrote the row; a later attempt has a higher one. */
  fence: number;
  /** Which attempt wrote the row: fresh for each attempt. */
  token: string;
  attempt: number;
  trigger: Trigger;
  /** ISO 8601 with milliseconds. */
  startedAt?: string;
  finishedAt: string;
  /** What the function returned, as JSON. */
  output?: unknown;
  error?: RunError;
}

/**
 * The fence of a row that no attempt wrote (a misfire, a miss): below every fencing token, so that
 * it never replaces a row, and any attempt's row replaces it.
 */
export const NO_FENCE = 0;

/** How long a row is kept, in days: what needs attention stays longer than a success. */
export const RETENTION_DAYS: Record<Status, number> = {
  succeeded: 30,
  skipped: 30,
  failed: 90,
  timed_out: 90,
  crashed: 90,
  missed: 90,
};

/** What a handler answers: the run it wrote, or `duplicate` where the tick was already taken care of. */
export interface Outcome {
  job: string;
  tick: Tick;
  attempt: number;
  status: Status | 'duplicate';
  /** Why, for a skip; what it duplicates, for a duplicate. */
  reason?: Reason | 'already_running' | 'already_ended';
  startedAt?: string;
  finishedAt: string;
  output?: unknown;
  error?: RunError;
}
