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
  /** A newer tick of the job took its place: in the queue, or in a backlog of which one is enough. */
  | 'superseded'
  /** The job's code said that there is nothing to do: `SkipTick`. */
  | 'declined'
  /** The lease of the holder ran out. */
  | 'lease_expired'
  /** Nothing ever wrote of it: no delivery came, or each died before its first write. */
  | 'not_delivered'
  /** A delivery came and could not reach the store. */
  | 'store_unavailable';

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

/** What is kept of an attempt once a later one has written the row. */
export type PastAttempt = Pick<
  Run,
  'attempt' | 'status' | 'reason' | 'startedAt' | 'finishedAt' | 'error' | 'requestId' | 'logStream'
>;

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
  /** Which attempt the row is of; 0 where none was made. */
  attempt: number;
  trigger: Trigger;
  /** ISO 8601 with milliseconds. */
  startedAt?: string;
  finishedAt: string;
  /** What the run was called with, as JSON text, where it was not the payload of the list. */
  payload?: string;
  /** What the function returned, as JSON. */
  output?: unknown;
  /** Of the last attempt that failed. */
  error?: RunError;
  /**
   * When the next attempt is due, ISO 8601: the run is not over. A promise: whoever wrote it plans
   * that attempt, and the finalizer and the sweeper do where that process died.
   */
  retryAt?: string;
  /** The attempts before this one, oldest first. */
  earlier?: PastAttempt[];
}

/**
 * The fence of a row that no attempt wrote (a misfire, a miss): below every fencing token, so that
 * any attempt's row replaces it.
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

/**
 * What a handler answers: the run it wrote; `duplicate` where the tick was already taken care of;
 * `waiting` where it took its place in the lock's queue, and is delivered again when its turn comes.
 */
export interface Outcome {
  job: string;
  tick: Tick;
  attempt: number;
  status: Status | 'duplicate' | 'waiting';
  /** Why, for a skip or a miss; what it duplicates, for a duplicate. */
  reason?: Reason | 'already_running' | 'already_ended' | 'already_waiting';
  startedAt?: string;
  finishedAt: string;
  output?: unknown;
  error?: RunError;
  /** When the next attempt is due, ISO 8601. */
  retryAt?: string;
}
