import type { LogPlace, Run, Status, Trigger } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import type { Waiting } from './waiting.ts';

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
  /**
   * Milliseconds after its death at which the tick is to be tried again; absent where it is not.
   * Here, so that whoever closes its row can say so, also a job of the group with other settings.
   */
  retryDelay?: number;
  /** What it was called with, as JSON text, where that is not in the list: its retries get the same. */
  payload?: string;
}

/** Why a job does not run. It is in the lock, not in EventBridge: it survives every deploy. */
export interface Pause {
  /** A person, or `BREAKER`. */
  by: string;
  why: string;
  /** ISO 8601. */
  since: string;
  /** ISO 8601; from then on it counts no more. */
  until?: string;
  /** Milliseconds since 1970 from which one run is let through, to see whether it succeeds. The breaker's only. */
  probeAt?: number;
}

/** Who paused a job that failed too often in a row. */
export const BREAKER = 'breaker';

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
  /** Runs failed for good in a row, by job. */
  failures: Record<string, number>;
  /** Who waits for it, by queue key. */
  waiting: Record<string, Waiting>;
  /** When DynamoDB may delete the item, in seconds since 1970; absent where a pause must outlive that. */
  expiresAt?: number;
}

/** What an attempt asks of a lock. */
export interface Claim {
  lock: string;
  /** The job's name while it runs one at a time; the token where it may run several. */
  holderKey: string;
  holder: Holder;
  /** Where so many hold the lock it is refused straight away. */
  room: number;
  /** Whether somebody may be waiting whose turn comes first: then the item has to be looked at. */
  yields: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

/** What a take-over changes besides giving the lock to its new holder; all of it was seen in the item. */
export interface TakeOver {
  /** Holders that are dead or done, and what their rows say. They go. */
  displaced: readonly Displaced[];
  /** The place in the queue that the claim uses up. */
  queued?: Waiting;
  /** The pause that the claim passes: as its probe, or because its time is over. */
  passes?: Pause;
}

/** A holder whose attempt is over. */
export interface Displaced {
  holderKey: string;
  holder: Holder;
  row: Run;
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
  /** The row of the attempt. */
  row: Run;
  now: number;
}

/**
 * The two tables, as the protocol sees them. Every method is one request, a single-item conditional
 * write or a strongly consistent read (`record` and `release` read once more where a store returns no
 * item with a refusal), so that whoever drives a ledger (the flow, or the model check) sees every step
 * there is. A method that can not get an answer throws `StoreError`; it may have been applied all the same.
 */
export interface Ledger {
  /**
   * Takes the lock where nothing is in the way.
   *
   * @param lost how often others were faster; then a random moment passes first, so that those who
   *   want the lock come one by one
   */
  acquire(claim: Claim, lost?: number): Promise<Grant>;
  /** Makes the lock's item and takes it: a job's very first run. */
  create(claim: Claim): Promise<Grant>;
  /** Takes the lock by compare-and-swap on its fence: granted only if nobody acquired it since `seen`. */
  takeOver(claim: Claim, seen: Lock, how: TakeOver): Promise<Grant>;
  /** Writes a row unless a success is there, or a later attempt's. */
  record(run: Run, now: number): Promise<Recorded>;
  /** Gives the lock back if the token holds it. Answers with the lock as it then is. */
  release(release: Release): Promise<Lock | undefined>;
  /**
   * Takes a place in the queue, if the lock is held as it was seen, and who is replaced still waits: then
   * whoever holds it calls those who wait, once they give it back. For a tick that never ran it need
   * not be held by the same: it is enough that it is full, or that who is before it still waits.
   *
   * @param behind somebody whose turn comes first, where there is room: they must still wait, too
   * @param room how many make it full; default: it is never taken for full
   */
  wait(place: Waiting, seen: Lock, behind?: Waiting, room?: number): Promise<boolean>;
  /** Gives up a place in the queue. Answers with the lock as it then is: the next turn is to be called. */
  leave(lock: string, place: Waiting): Promise<Lock | undefined>;
  /** Pauses a job that is not paused and failed so often; false where it is not so any more. */
  pause(lock: string, job: string, pause: Pause, failures: number): Promise<boolean>;
  /** Ends the breaker's pause; false where it is not in force any more. */
  resume(lock: string, job: string): Promise<boolean>;
  /** Counts a run that failed for good without ever having held the lock; once, however often it is asked. Under the breaker's pause it was a probe. */
  countFailure(lock: string, run: Run, now: number, passes?: Pause): Promise<Lock>;
  readLock(lock: string): Promise<Lock | undefined>;
  readRun(job: string, tick: Tick): Promise<Run | undefined>;
}
