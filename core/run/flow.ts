import { StoreError } from '../ledger/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Ending, runAttempt, type Timers } from './attempt.ts';
import { claim } from './claim.ts';
import type { Delivery } from './delivery.ts';
import type { Log } from './log.ts';
import { jsonOutput } from './output.ts';
import { isDead, seal } from './seal.ts';
import { type LogPlace, NO_FENCE, type Outcome, type Reason, type Run } from './states.ts';
import { timeOf } from './tick.ts';

/** The settings of a job that its runs obey. */
export interface RunLimits {
  /** The lock the job takes: its own name. */
  lock: string;
  /** Milliseconds a delivery of a schedule may come after its tick. */
  misfireGrace: number;
}

/** What a run needs of its surroundings. */
export interface RunContext {
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
  /** Told of a dead attempt whose row this delivery closed. */
  sealed(dead: Run): void;
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
 * The flow of one delivery: claim, run, record, release. Undisturbed that is three writes. The
 * order matters: recorded before released, or a crash between the two would free the lock of a
 * tick of which nothing is known. See `docs/protocol.md`.
 *
 * @throws StoreError where the store could not be used: nothing ran, or what ran could not be recorded
 */
export async function runTick(
  delivery: Delivery,
  limits: RunLimits,
  code: (attempt: Attempt) => Promise<unknown>,
  context: RunContext,
): Promise<Outcome> {
  const { ledger, clock } = context;
  if (delivery.trigger === 'schedule' && clock() - timeOf(delivery.tick) > limits.misfireGrace) {
    return misfire(delivery, limits, context);
  }

  const token = context.newToken();
  const holderKey = delivery.job;
  const startedAt = new Date(clock()).toISOString();
  const { job, tick, trigger } = delivery;
  const { requestId, instanceId } = context.place;
  const leaseExpiresAt = context.deadline + SKEW_MARGIN;
  const holder = {
    job,
    tick,
    token,
    attempt: delivery.attempt,
    trigger,
    startedAt,
    leaseExpiresAt,
    requestId,
    instanceId,
  };
  const verdict = await claim(
    delivery,
    { lock: limits.lock, holderKey, holder, now: clock() },
    ledger,
    context.sealed,
  );
  if (verdict.kind === 'duplicate') return duplicate(delivery, verdict.reason, context);
  if (verdict.kind === 'skip') return skip(delivery, verdict.reason, verdict.fence, context);

  const { fence, attempt } = verdict;
  const ending = await runAttempt(
    (signal) => code({ attempt, fencingToken: fence, signal }),
    context.deadline - clock(),
    context.timers,
  );

  const run: Run = {
    job,
    tick,
    fence,
    token,
    attempt,
    trigger,
    startedAt,
    finishedAt: new Date(clock()).toISOString(),
    ...context.place,
    ...resultOf(ending),
  };
  // Code that ignores its signal may live until the platform kills it. Returning (or throwing, where
  // the record fails) would let the environment thaw with it still running, and a released lock would
  // let a second one in: so nothing follows until the code has stopped, or the kill comes.
  const stopped = ending.status === 'timed_out' ? ending.settled : undefined;
  const row = await record(run, context).finally(() => stopped);
  await release(row, limits.lock, holderKey, token, context);
  return outcomeOf(row);
}

/**
 * A delivery past its grace does not run. Where an attempt of its tick holds the lock, the row is
 * that attempt's to write, or says that it died.
 */
async function misfire(
  delivery: Delivery,
  { lock }: RunLimits,
  context: RunContext,
): Promise<Outcome> {
  const { ledger, clock } = context;
  const { holders = {}, fences = {} } = (await ledger.readLock(lock)) ?? {};
  const holder = holders[delivery.job];
  if (holder?.tick !== delivery.tick) return skip(delivery, 'misfire', NO_FENCE, context);
  if (!isDead(holder, clock())) return duplicate(delivery, 'already_running', context);
  const over = await seal(holder, fences[delivery.job] ?? NO_FENCE, clock(), ledger);
  if (over.written) context.sealed(over.row);
  return duplicate(delivery, 'already_ended', context);
}

function resultOf(ending: Ending): Pick<Run, 'status' | 'output' | 'error'> {
  if (ending.status === 'succeeded')
    return { status: 'succeeded', output: jsonOutput(ending.output) };
  return { status: ending.status, error: ending.error };
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

/** Gives the lock back. A failure here costs only time: the row is written, and the next claim sees that. */
async function release(
  row: Run,
  lock: string,
  holderKey: string,
  token: string,
  context: RunContext,
) {
  const { job, tick, status, attempt } = row;
  try {
    await context.ledger.release({
      lock,
      holderKey,
      token,
      job,
      tick,
      status,
      attempt,
      now: context.clock(),
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    context.log.warn('lock not released: the next claim frees it', {
      trouble: error.trouble,
      cause: error.message,
    });
  }
}

async function skip(
  delivery: Delivery,
  reason: Reason,
  fence: number,
  context: RunContext,
): Promise<Outcome> {
  const { job, tick, attempt, trigger } = delivery;
  const finishedAt = new Date(context.clock()).toISOString();
  const token = context.newToken();
  const row: Run = {
    job,
    tick,
    status: 'skipped',
    reason,
    fence,
    token,
    attempt,
    trigger,
    finishedAt,
    ...context.place,
  };
  const recorded = await context.ledger.record(row, context.clock());
  // The tick has a row already: whatever it says was said first, or later and with more right.
  if (!recorded.written && recorded.run?.token !== token)
    return duplicate(delivery, 'already_ended', context);
  return outcomeOf(row);
}

function duplicate(
  { job, tick, attempt }: Delivery,
  reason: 'already_running' | 'already_ended',
  context: RunContext,
): Outcome {
  return {
    job,
    tick,
    attempt,
    status: 'duplicate',
    reason,
    finishedAt: new Date(context.clock()).toISOString(),
  };
}

function outcomeOf({
  job,
  tick,
  attempt,
  status,
  reason,
  startedAt,
  finishedAt,
  output,
  error,
}: Run): Outcome {
  return { job, tick, attempt, status, reason, startedAt, finishedAt, output, error };
}
