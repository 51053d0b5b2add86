import type { Claim, Ledger } from '../ledger/ledger.ts';
import { type Ending, runAttempt, type Timers } from './attempt.ts';
import { claim } from './claim.ts';
import type { Delivery } from './delivery.ts';
import { retryDelay, timeAfter } from './failure-policy.ts';
import { callNext, type FollowUpContext, followUp } from './follow-up.ts';
import { historyOf } from './history.ts';
import { isLate, late } from './late.ts';
import type { RunLimits } from './limits.ts';
import type { Log } from './log.ts';
import { duplicate, outcomeOf, skip } from './outcome.ts';
import { jsonOutput } from './output.ts';
import { kept } from './payload.ts';
import type { LogPlace, Outcome, Run } from './states.ts';

/** What a run needs of its surroundings. */
export interface RunContext extends FollowUpContext {
  ledger: Ledger;
  /** Milliseconds since 1970. */
  clock(): number;
  timers: Timers;
  /** Makes a token nobody else has. */
  newToken(): string;
  /** When the platform kills this attempt: milliseconds since 1970, by `clock`. */
  deadline: number;
  place: LogPlace;
  log: Log;
  /** Told how the attempt ended as soon as its row is written: what follows may throw. */
  ended(outcome: Outcome): void;
  /** Told of each row of another attempt or tick that this delivery closed. */
  closed(row: Run): void;
}

/** What the author's code learns of its attempt. */
export interface Attempt {
  attempt: number;
  fencingToken: number;
  signal: AbortSignal;
}

/**
 * How far the clock of whoever takes over may run ahead of ours. The deadline is the platform's
 * own, so a living attempt is killed before its lease ends as long as clocks differ by less.
 */
const SKEW_MARGIN = 5_000;

/**
 * The flow of one delivery: claim, run, record, release, and what follows. Undisturbed that is three
 * writes. The order matters: recorded before released, or a crash between the two would free the lock
 * of a tick of which nothing is known. See `docs/protocol.md`.
 *
 * @throws StoreError where the store could not be used: nothing ran, or what ran could not be recorded or
 *   its lock not given back; the finalizer does what is left
 * @throws DispatchError where what has to follow could not be arranged; so does it
 */
export async function runTick(
  delivery: Delivery,
  limits: RunLimits,
  code: (attempt: Attempt) => Promise<unknown>,
  context: RunContext,
): Promise<Outcome> {
  const { ledger, clock } = context;
  if (isLate(delivery, limits, clock())) return late(delivery, limits, context);

  const asked = claimOf(delivery, limits, context);
  const verdict = await claim(delivery, asked, limits, ledger, context.closed);
  if (verdict.kind === 'waiting') return duplicate(delivery, verdict, context);
  if (verdict.kind !== 'run') {
    const outcome =
      verdict.kind === 'skip'
        ? await skip(delivery, verdict, context)
        : duplicate(delivery, verdict, context);
    // Left in the queue it would be given its turn again and again, and nobody behind it theirs.
    if (verdict.queued) {
      const lock = await ledger.leave(limits.lock, verdict.queued);
      if (lock) await callNext(lock, limits, context);
    }
    return outcome;
  }

  const { fence, previous, isProbe } = verdict;
  const { job, tick, attempt, trigger } = delivery;
  const { token, startedAt } = asked.holder;
  const ending = await runAttempt(
    (signal) => code({ attempt, fencingToken: fence, signal }),
    context.deadline - clock(),
    context.timers,
  );

  const ended = clock();
  const delay = isProbe ? undefined : delayAfter(ending, attempt, limits);
  const run: Run = {
    job,
    tick,
    fence,
    token,
    attempt,
    trigger,
    startedAt,
    finishedAt: new Date(ended).toISOString(),
    ...context.place,
    ...kept(delivery),
    ...resultOf(ending),
    ...(delay !== undefined && { retryAt: timeAfter(delay, ended) }),
    ...historyOf(previous),
  };
  // Code that ignores its signal may live until the platform kills it. Returning (or throwing, where
  // the record fails) would let the environment thaw with it still running, and a released lock would
  // let a second one in: so nothing follows until the code has stopped, or the kill comes.
  const stopped = ending.status === 'timed_out' ? ending.settled : undefined;
  const row = await record(run, context).finally(() => stopped);
  const outcome = outcomeOf(row);
  context.ended(outcome);
  const { lock: name, holderKey } = asked;
  const lock = await ledger.release({ lock: name, holderKey, token, row, now: clock() });
  // A later attempt that wrote the row follows up by itself.
  if (row.token === token) await followUp(row, delivery.payload, lock, limits, context);
  else if (lock) await callNext(lock, limits, context);
  return outcome;
}

/** What this delivery asks of its lock. */
function claimOf(delivery: Delivery, limits: RunLimits, context: RunContext): Claim {
  const { job, tick, trigger, attempt } = delivery;
  const { requestId, instanceId } = context.place;
  const { lock, room, concurrency, overlap } = limits;
  const now = context.clock();
  const token = context.newToken();
  return {
    lock,
    holderKey: concurrency === 1 ? job : token,
    holder: {
      job,
      tick,
      token,
      attempt,
      trigger,
      startedAt: new Date(now).toISOString(),
      leaseExpiresAt: context.deadline + SKEW_MARGIN,
      requestId,
      instanceId,
      retryDelay: retryDelay(attempt, limits),
      ...kept(delivery),
    },
    // A job that runs several at once has its runs counted only where the item is looked at.
    room: concurrency === 1 ? room : Math.min(room, concurrency),
    // Who has waited uses up its place, or it would be called again.
    yields: lock !== job || overlap === 'bufferOne' || delivery.waitingSince !== undefined,
    now,
  };
}

function delayAfter(ending: Ending, attempt: number, limits: RunLimits): number | undefined {
  if (ending.status === 'failed') return retryDelay(attempt, limits, ending.thrown);
  if (ending.status === 'timed_out') return retryDelay(attempt, limits);
  return undefined;
}

function resultOf(ending: Ending): Pick<Run, 'status' | 'reason' | 'output' | 'error'> {
  const { status } = ending;
  if (status === 'succeeded') return { status, output: jsonOutput(ending.output) };
  if (status === 'skipped') return { status, reason: 'declined', error: ending.error };
  return { status, error: ending.error };
}

/** Writes the row; the row as it then is, which is another's where this attempt was given up for dead. */
async function record(run: Run, { ledger, clock, log }: RunContext): Promise<Run> {
  const recorded = await ledger.record(run, clock());
  // A refusal that shows my own token is a second sending of a write whose answer was lost.
  if (recorded.written || (recorded.run?.token === run.token && recorded.run.status === run.status))
    return run;
  const row = recorded.run ?? run;
  log.error('run not recorded: a later attempt or a take-over closed its row', {
    ended: run.status,
    row: row.status,
  });
  return row;
}
