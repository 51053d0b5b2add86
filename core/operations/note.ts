import type { Tick } from '../run/tick.ts';

/** What people do to jobs, each in one step. */
export const ACTIONS = ['run', 'retry', 'pause', 'resume', 'unlock', 'reset'] as const;
export type Action = (typeof ACTIONS)[number];

/** What the command line does in steps of its own, and writes down once it is over. */
export type Campaign = 'backfill' | 'prune' | 'schedule' | 'unschedule';

/**
 * One entry of the audit: what somebody did, or a message that could not be dealt with. A row of the
 * runs table under a key of its own, kept as long as a failure.
 */
export interface Note {
  /** What tells it from others of the same moment. */
  id: string;
  /** ISO 8601 with milliseconds. */
  at: string;
  what: Action | Campaign | 'dead_letter';
  job: string;
  tick?: Tick;
  /** Who did it, as far as it is known. */
  by: string;
  via: 'console' | 'cli' | 'finalizer';
  /** In the words of whoever did it. */
  why?: string;
  /** What came of it, in words. */
  outcome: string;
  /** Of the invocation that did it: with CloudTrail's data events it leads to the IAM identity. */
  requestId?: string;
}
