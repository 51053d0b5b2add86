import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { StoreError } from '../core/ledger/errors.ts';
import { BadEvent, type Delivery, parseDelivery } from '../core/run/delivery.ts';
import { DispatchError } from '../core/run/dispatcher.ts';
import { type Attempt, runTick } from '../core/run/flow.ts';
import { limitsFor } from '../core/run/made.ts';
import type { Outcome, Trigger } from '../core/run/states.ts';
import { AwsDispatcher } from './runtime/dispatcher.ts';
import { announceEnvironment, instanceId } from './runtime/environment.ts';
import { connectLedger } from './runtime/ledger.ts';
import { countOutcome, countStoreRetries, createMetrics, durationOf } from './runtime/metrics.ts';
import { readSettings } from './runtime/settings.ts';
import { tellClosed, tellTurned } from './runtime/tell.ts';

export { DoNotRetry, RetryAfter, SkipTick } from '../core/run/intent.ts';

/** What a job's function gets. */
export interface JobRun<P> extends Attempt {
  /** The payload of `infra/schedules.ts`, or of whoever triggered the run. */
  payload: P;
  /** The nominal time of this tick, to the minute; the job may start later. */
  scheduledTime: Date;
  trigger: Trigger;
  /** Writes JSON lines that carry job, tick, attempt and fencing token. */
  log: Logger;
}

/** A Lambda handler that carries the type of its job's payload. */
export interface JobHandler<P> {
  (event: unknown, context: Context): Promise<Outcome>;
  readonly takes?: (payload: P) => void;
}

/**
 * Makes a Lambda handler of a job's function: each tick runs once, alone, and leaves a row.
 *
 * What the function returns is recorded as the run's output; what it throws, as its error, and it is
 * tried again as the job's `retry` says, unless it throws `DoNotRetry`, `RetryAfter` or `SkipTick`. The
 * signal fires shortly before Lambda's deadline. `fencingToken` grows with every run of the job: a
 * store that refuses an older one is safe from an attempt that was given up for dead.
 *
 * The handler answers with the outcome, and throws only where something is left for the finalizer:
 * nothing could be recorded (`BadEvent`, `StoreError`), or what has to follow not arranged (`DispatchError`).
 */
export function job<P = undefined>(code: (run: JobRun<P>) => Promise<unknown>): JobHandler<P> {
  const settings = readSettings(process.env);
  const log = new Logger({
    serviceName: 'punctual',
    persistentKeys: { job: settings.job, instanceId },
  });
  const metrics = createMetrics(settings.group);
  let storeRetries = 0;
  const ledger = connectLedger(settings, log, () => {
    storeRetries += 1;
  });
  const dispatcher = new AwsDispatcher(settings);

  async function handle(delivery: Delivery, context: Context): Promise<Outcome> {
    const entered = Date.now();
    const timeout = context.getRemainingTimeInMillis();
    const { tick, trigger, payload } = delivery;
    const run = { payload: payload as P, scheduledTime: new Date(tick), trigger, log };
    let lockWait: number | undefined;
    let thrown: unknown;
    const report = (outcome: Outcome) => {
      const isBad = outcome.status === 'failed' || outcome.status === 'timed_out';
      // The row has the error's name and message; where it came from is for the log.
      const cause = thrown instanceof Error && { thrown };
      log[isBad ? 'error' : 'info'](`run ${outcome.status}`, {
        outcome,
        ...(outcome.startedAt && { duration: durationOf(outcome), timeout }),
        ...cause,
      });
      countOutcome(metrics, outcome, { lockWait, storeRetries, trigger });
      storeRetries = 0;
    };
    const outcome = await runTick(
      delivery,
      limitsFor(delivery.job, settings.limits),
      async (attempt) => {
        lockWait = Date.now() - entered;
        log.appendKeys({ attempt: attempt.attempt, fencingToken: attempt.fencingToken });
        try {
          return await code({ ...run, ...attempt });
        } catch (error) {
          thrown = error;
          throw error;
        }
      },
      {
        ledger,
        dispatcher,
        clock: Date.now,
        timers: { after: afterTimeout },
        newToken: randomUUID,
        deadline: entered + timeout,
        place: {
          requestId: context.awsRequestId,
          instanceId,
          logGroup: context.logGroupName,
          logStream: context.logStreamName,
        },
        log,
        ended: report,
        closed: (row) => tellClosed(log, settings.group, row),
        turned: (turn) => tellTurned(log, turn),
      },
    ).catch((error) => {
      if (error instanceof StoreError) logStoreTrouble(log, error, lockWait !== undefined);
      throw error;
    });
    if (lockWait === undefined) report(outcome);
    return outcome;
  }

  /** What was sent again after the row was written, or where none could be: no outcome counted it. */
  function countLeft(): void {
    if (storeRetries > 0) countStoreRetries(metrics, settings.job, storeRetries);
    storeRetries = 0;
  }

  return middy<unknown, Outcome>({ timeoutEarlyInMillis: 0 }) // the flow has its own signal
    .before(({ context }) => {
      log.resetKeys();
      log.appendKeys({ requestId: context.awsRequestId });
      announceEnvironment(log);
    })
    .before((request) => {
      const delivery = parseDelivery(request.event, settings.job);
      const { job, tick, attempt, trigger, executionId } = delivery;
      log.appendKeys({ job, tick, attempt, trigger, executionId });
      request.event = delivery;
    })
    .onError(({ error }) => logUnrecorded(log, error))
    .handler((event, context) =>
      handle(event as Delivery, context).finally(countLeft),
    ) as JobHandler<P>;
}

/** One line, and no stack: whoever reads it needs the reason, not our code. */
function logStoreTrouble(log: Logger, { trouble, elapsed, message }: StoreError, ran: boolean) {
  const what = ran ? 'ran, but not finished: store trouble' : 'did not run: store trouble';
  log.error(what, { reason: trouble, elapsed, cause: message });
}

function logUnrecorded(log: Logger, error: unknown): void {
  if (error instanceof StoreError) return; // said already, by whoever knew whether the code ran
  if (error instanceof BadEvent) log.error('refused: bad event', { reason: error.message });
  else if (error instanceof DispatchError)
    log.error('left to the finalizer', { reason: error.message });
  else log.error('nothing recorded', { error });
}

function afterTimeout(ms: number, callback: () => void): () => void {
  // Node warns of a negative delay, in plain text, where a claim took until the deadline.
  const timer = setTimeout(callback, Math.max(0, ms));
  return () => clearTimeout(timer);
}
