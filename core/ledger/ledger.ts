import type { LogPlace, Run, Status, Trigger } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';

/** One live attempt inside a lock. */
export interface Holder extends Pick<LogPlace, 'requestId' | 'instanceId'> {
  job: string;
  tick: Tick;
  /** Fresh for every attempt. Never Lambda's request id: an async retry shares it with the dead attempt it replaces. */
  token: string;
  attempt: number;
  trigger: Trigger;
  /** ISO 8601. */
  startedAt: string;
  /** Milliseconds since 1970 until which the holder counts as alive. */
  leaseExpiresAt: number;
}

export interface Pause {
  by: string;
  why: string;
  /** ISO 8601. */
  until?: string;
}

/** The item that says who may run. Maps are by job, because jobs may share a lock. */
export interface Lock {
  lock: string;
  /** The highest fencing token given out. */
  fence: number;
  /** By holder key. */
  holders: Record<string, Holder>;
  /** Each holder's fencing token, by holder key. */
  fences: Record<string, number>;
  /** The highest tick started, by job. */
  watermarks: Record<string, Tick>;
  /** The tick released last, by job. Only a success in it is trusted. */
  last: Record<string, { tick: Tick; status: Status; attempt: number }>;
  paused: Record<string, Pause>;
  /** Runs failed in a row, by job. */
  failures: Record<string, number>;
}

/** What an attempt asks of a lock. */
export interface Claim {
  lock: string;
  /** The job's name while it runs one at a time. */
  holderKey: string;
  holder: Holder;
  /** Milliseconds since 1970. */
  now: number;
}

export type Grant =
  | { granted: true; fence: number }
  /** `lock` is absent where no such item exists, or where the store does not return it. */
  | { granted: false; lock?: Lock };

export type Recorded =
  | { written: true }
  /** The row that is there instead; absent where the store does not return it and it is gone. */
  | { written: false; run?: Run };

/** What a finished attempt tells its lock. */
export interface Release {
  lock: string;
  holderKey: string;
  token: string;
  job: string;
  tick: Tick;
  status: Status;
  attempt: number;
  now: number;
}

/**
 * The two tables, as the protocol sees them. Every method is one request, a single-item conditional
 * write or a strongly consistent read (`record` reads once more where a store returns no item with a
 * refusal), so that whoever drives a ledger (the flow, or the model check) sees every step there is.
 * A method that can not get an answer throws `StoreError`; it may have been applied all the same.
 */
export interface Ledger {
  /** Takes the lock where nothing is in the way. */
  acquire(claim: Claim): Promise<Grant>;
  /** Makes the lock's item and takes it: a job's very first run. */
  create(claim: Claim): Promise<Grant>;
  /** Takes the lock by compare-and-swap on its fence: granted only if nobody acquired it since `seen`. */
  takeOver(claim: Claim, seen: Lock): Promise<Grant>;
  /** Writes a row unless it is a success or a later attempt's. */
  record(run: Run, now: number): Promise<Recorded>;
  /** Gives the lock back; false where the token no longer holds it. */
  release(release: Release): Promise<boolean>;
  readLock(lock: string): Promise<Lock | undefined>;
  readRun(job: string, tick: Tick): Promise<Run | undefined>;
}
