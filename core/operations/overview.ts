import type { Holder, Lock, Pause } from '../ledger/ledger.ts';
import type { Waiting } from '../ledger/waiting.ts';
import type { Level } from '../run/alert.ts';
import type { Deployed } from '../run/limits.ts';
import type { Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import type { Note } from './note.ts';

/** A live attempt of a job, or one whose lease ran out and that nobody has freed yet. */
export interface HeldView {
  holderKey: string;
  holder: Holder;
  fence: number;
  /** Whether its lease has run out. */
  isDead: boolean;
  /** How near its timeout it is. */
  level?: Level;
}

/** What is known of one job. */
export interface JobView {
  job: Deployed;
  /** `undefined` where none comes any more, or the job is off. */
  next?: Tick;
  /**
   * Newest first, without their outputs: the last twenty at least, and all of the last 24 hours; of a job that
   * nobody looks at closely those that need attention, and its last one.
   */
  runs: Run[];
  /** The lock it takes, which it may share. */
  lock?: Lock;
  /** The job's own. */
  holders: HeldView[];
  /** The job's own places in the queue. */
  waiting: Waiting[];
  /** Runs failed for good in a row. */
  failures: number;
  paused?: Pause;
}

/** What is known of all jobs at a moment. */
export interface Overview {
  /** Milliseconds since 1970. */
  now: number;
  jobs: JobView[];
  /** Runs that did not succeed, of the last three days, worst first: what nobody was told of yet, then by how bad. */
  attention: Run[];
  /** When the oldest of what nobody was told of yet was written down, ISO 8601; of what is in `attention`. */
  oldestUntold?: string;
  /** What people did, newest first; the last twenty. */
  notes: Note[];
  /** When the sweeper last came to its end, ISO 8601; `undefined` where it never did. */
  lastSweep?: string;
}
