import type { Holder, Ledger, Pause } from '../ledger/ledger.ts';
import type { Delivery } from './delivery.ts';
import { failedForGood, retryDelay, timeAfter } from './failure-policy.ts';
import { type FollowUpContext, followUp } from './follow-up.ts';
import { free } from './free.ts';
import { historyOf } from './history.ts';
import { passes } from './judge.ts';
import type { RunLimits } from './limits.ts';
import { kept } from './payload.ts';
import { placeOf } from './queue.ts';
import { isDead } from './seal.ts';
import { NO_FENCE, type Run, type RunError } from './states.ts';

/** What Lambda or EventBridge says of a delivery that came to nothing. */
export interface Failure {
  delivery: Delivery;
  /**
   * `undelivered` the function was never called;
   * `timed_out`, `crashed` its process died;
   * `threw` its handler did, as it does where the store can not be used (see `StoreError`).
   */
  how: 'undelivered' | 'timed_out' | 'crashed' | 'threw';
  error: RunError;
  /** Milliseconds since 1970. */
  at: number;
  /** Of the invocation; absent where there was none. */
  requestId?: string;
  /** How often Lambda called the function for this event, as far as it knows. */
  invocations: number;
}

export interface FinalizeContext extends FollowUpContext {
  ledger: Ledger;
  /** Told of each row that was closed. */
  closed(row: Run): void;
}

/** It can not be told yet whether the attempt is dead: the failure must be brought again. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/**
 * Closes the row of a delivery that came to nothing, frees its lock at once instead of after the lease,
 * and has everything follow that would have followed. May be called any number of times for one failure.
 *
 * @throws NotYet where the lock's holder may be another, living attempt of the same event
 * @throws StoreError, DispatchError where it has to be done again
 */
export async function finalize(
  failure: Failure,
  limits: RunLimits,
  context: FinalizeContext,
): Promise<void> {
  const { ledger, clock } = context;
  const { delivery, requestId } = failure;
  const { job, tick, payload } = delivery;
  const lock = await ledger.readLock(limits.lock);
  const held = Object.entries(lock?.holders ?? {}).find(
    ([, holder]) => isOf(holder, delivery) && holder.requestId === requestId,
  );
  // A copy of the event that was never delivered says nothing of the one that was.
  if (lock && held && failure.how !== 'undelivered') {
    const [holderKey, holder] = held;
    if (!isItsEnd(failure, holder) && !isDead(holder, clock())) {
      throw new NotYet(`the attempt ${holder.attempt} of ${job} ${tick} may still be alive`);
    }
    const { row, after } = await free(lock, holderKey, holder, context, deathOf(failure));
    return followUp(row, payload, after, limits, context);
  }
  // Another delivery of the tick is at it, and will say how it ended.
  if (Object.values(lock?.holders ?? {}).some((holder) => isOf(holder, delivery))) return;
  // Another delivery of it took its place in the queue; only its turn itself may come to nothing there.
  const place = lock && placeOf(lock, job, tick);
  if (place && delivery.waitingSince === undefined) return;
  const row = await ledger.readRun(job, tick);
  // Closed by this before, and what follows may not have been done.
  if (row && row.token === tokenOf(failure))
    return followUnclaimed(row, failure, lock?.paused[job], limits, context);
  // Recorded and released, or sealed by another: the same.
  if (row?.requestId !== undefined && row.requestId === requestId)
    return followUp(row, payload, lock, limits, context);
  if (row && !isAfter(delivery, row)) return;
  // Left in the queue it would be given its turn again at once, and come to nothing again.
  if (place) await ledger.leave(limits.lock, place);
  const pause = lock?.paused[job];
  const end = await closeUnclaimed(failure, row, pause, limits, context);
  if (end) await followUnclaimed(end, failure, pause, limits, context);
}

function isOf(holder: Holder, { job, tick }: Delivery): boolean {
  return holder.job === job && holder.tick === tick;
}

/**
 * Whether the failure is the end of this holder. Lambda may run one event twice, under one request id,
 * so the failure of the first may come while a second holds the lock: one that Lambda has counted,
 * or that began after the first was over.
 */
function isItsEnd({ at, invocations }: Failure, { startedAt }: Holder): boolean {
  return invocations === 1 && Date.parse(startedAt) < at;
}

/** Whether a delivery that came to nothing is the latest that is known of its tick. */
function isAfter({ trigger, attempt }: Delivery, row: Run): boolean {
  // Missed already, and perhaps to be caught up: the schedule's own delivery adds nothing.
  if (row.attempt === 0 && trigger === 'schedule') return false;
  return row.status !== 'succeeded' && row.attempt < attempt;
}

function deathOf({ how, error }: Failure) {
  return { status: how === 'timed_out' ? how : 'crashed', error } as const;
}

/** Says which message closed a row; the same however often it is brought. */
function tokenOf({ requestId, delivery: { executionId, attempt } }: Failure): string {
  return `finalizer ${requestId ?? executionId ?? `of attempt ${attempt}`}`;
}

/**
 * The delivery never got the lock: its process died before it could ask, or it never reached the
 * function or the store.
 *
 * @returns its row; `undefined` where another row was faster
 */
async function closeUnclaimed(
  failure: Failure,
  previous: Run | undefined,
  pause: Pause | undefined,
  limits: RunLimits,
  { ledger, clock, closed }: FinalizeContext,
): Promise<Run | undefined> {
  const { delivery, requestId } = failure;
  const { job, tick, trigger } = delivery;
  const now = clock();
  const row: Run = {
    job,
    tick,
    // Where the function was never called, none was made: catching up is then the first.
    attempt: failure.how === 'undelivered' && !previous ? 0 : delivery.attempt,
    trigger,
    ...endOf(failure, previous, pause, limits, now),
    fence: previous?.fence ?? NO_FENCE,
    token: tokenOf(failure),
    finishedAt: new Date(now).toISOString(),
    error: failure.error,
    ...kept(delivery),
    ...(requestId !== undefined && { requestId }),
    ...historyOf(previous),
  };
  const recorded = await ledger.record(row, now);
  if (recorded.written) closed(row);
  return recorded.written || recorded.run?.token === row.token ? row : undefined;
}

/** Nobody held the lock for it, so nobody's release counts it, or calls whoever waits. */
async function followUnclaimed(
  row: Run,
  { how, delivery: { payload } }: Failure,
  pause: Pause | undefined,
  limits: RunLimits,
  context: FinalizeContext,
): Promise<void> {
  const { ledger, clock } = context;
  // Only a pause that let it pass: one that somebody made since is none of its business.
  const passed = pause && how !== 'undelivered' && passes(pause, clock()) ? pause : undefined;
  const lock = failedForGood(row)
    ? await ledger.countFailure(limits.lock, row, clock(), passed)
    : await ledger.readLock(limits.lock);
  await followUp(row, payload, lock, limits, context);
}

/** How a tick ended that nothing ran of, and when it is tried again. */
function endOf(
  { how, error, delivery: { attempt, trigger } }: Failure,
  previous: Run | undefined,
  pause: Pause | undefined,
  limits: RunLimits,
  now: number,
): Pick<Run, 'status' | 'reason' | 'retryAt'> {
  // It would have said so itself, had it come so far. What the pause lets pass was a probe.
  if (pause && how !== 'undelivered' && !passes(pause, now))
    return { status: 'skipped', reason: 'paused' };
  const delay = pause?.probeAt === undefined ? retryDelay(attempt, limits) : undefined;
  const retry = delay === undefined ? {} : { retryAt: timeAfter(delay, now) };
  if (how === 'undelivered') {
    // A run whose next attempt nobody could deliver is over; it ended as its last attempt did.
    if (previous && previous.attempt > 0)
      return { status: previous.status, reason: 'not_delivered' };
    const isCaughtUp = trigger === 'schedule' && limits.catchUp !== 'none';
    return {
      status: 'missed',
      reason: 'not_delivered',
      ...(isCaughtUp && { retryAt: new Date(now).toISOString() }),
    };
  }
  if (how === 'threw' && error.name === 'StoreError')
    return { status: 'missed', reason: 'store_unavailable', ...retry };
  return { status: how === 'timed_out' ? how : 'crashed', ...retry };
}
