import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { StoreError } from '../core/ledger/errors.ts';
import { BadEvent, type Delivery, parseDelivery } from '../core/run/delivery.ts';
import { type Attempt, runTick } from '../core/run/flow.ts';
import type { Outcome, Run, Trigger } from '../core/run/states.ts';
import { announceEnvironment, instanceId } from './runtime/environment.ts';
import { connectLedger } from './runtime/ledger.ts';
import { countOutcome, createMetrics } from './runtime/metrics.ts';
import { readSettings } from './runtime/settings.ts';

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
 * What the function returns is recorded as the run's output; what it throws, as its error. The
 * signal fires shortly before Lambda's deadline. `fencingToken` grows with every run of the job: a
 * store that refuses an older one is safe from an attempt that was given up for dead.
 *
 * The handler answers with the outcome, and throws only where nothing could be recorded: `BadEvent`,
 * `StoreError`.
 */
export function job<P = undefined>(code: (run: JobRun<P>) => Promise<unknown>): JobHandler<P> {
  const settings = readSettings(process.env);
  const log = new Logger({
    serviceName: 'punctual',
    persistentKeys: { job: settings.job, instanceId },
  });
  const metrics = createMetrics(settings.job);
  const ledger = connectLedger(settings, log);
  const limits = { lock: settings.job, misfireGrace: settings.misfireGrace };

  async function handle(delivery: Delivery, context: Context): Promise<Outcome> {
    const { tick, trigger, payload } = delivery;
    const run = { payload: payload as P, scheduledTime: new Date(tick), trigger, log };
    let ran = false;
    let thrown: unknown;
    const outcome = await runTick(
      delivery,
      limits,
      async (attempt) => {
        ran = true;
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
        clock: Date.now,
        timers: { after: afterTimeout },
        newToken: randomUUID,
        deadline: Date.now() + context.getRemainingTimeInMillis(),
        place: {
          requestId: context.awsRequestId,
          instanceId,
          logGroup: context.logGroupName,
          logStream: context.logStreamName,
        },
        log,
        sealed: (dead) => reportDead(log, metrics, dead),
      },
    ).catch((error) => {
      if (error instanceof StoreError) logStoreTrouble(log, error, ran);
      throw error;
    });
    const line = outcome.status === 'failed' || outcome.status === 'timed_out' ? 'error' : 'info';
    // The row has the error's name and message; where it came from is for the log.
    log[line](`run ${outcome.status}`, { outcome, ...(thrown instanceof Error && { thrown }) });
    countOutcome(metrics, outcome);
    return outcome;
  }

  return middy<unknown, Outcome>({ timeoutEarlyInMillis: 0 }) // the flow has its own signal
    .before(({ context }) => {
      log.resetKeys();
      log.appendKeys({ requestId: context.awsRequestId });
      announceEnvironment(log);
    })
    .before((request) => {
      const delivery = parseDelivery(request.event, settings.job);
      const { tick, attempt, trigger, executionId } = delivery;
      log.appendKeys({ tick, attempt, trigger, executionId });
      request.event = delivery;
    })
    .onError(({ error }) => logUnrecorded(log, error))
    .handler((event, context) => handle(event as Delivery, context)) as JobHandler<P>;
}

/** When a dead attempt ended is not known, only that it did: so it is counted without a duration. */
function reportDead(log: Logger, metrics: Metrics, dead: Run): void {
  log.error('run crashed: its lease ran out', { dead });
  countOutcome(metrics, { ...dead, startedAt: undefined });
}

/** One line, and no stack: whoever reads it needs the reason, not our code. */
function logStoreTrouble(log: Logger, { trouble, elapsed, message }: StoreError, ran: boolean) {
  const what = ran ? 'ran, but not recorded: store trouble' : 'skipped: store trouble';
  log.error(what, { reason: trouble, elapsed, cause: message });
}

function logUnrecorded(log: Logger, error: unknown): void {
  if (error instanceof StoreError) return; // said already, by whoever knew whether the code ran
  if (error instanceof BadEvent) log.error('refused: bad event', { reason: error.message });
  else log.error('nothing recorded', { error });
}

function afterTimeout(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
