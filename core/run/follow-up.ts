import { BREAKER, type Ledger, type Lock } from '../ledger/ledger.ts';
import type { Dispatcher } from './dispatcher.ts';
import { failedForGood } from './failure-policy.ts';
import type { RunLimits } from './limits.ts';
import { payloadOf } from './payload.ts';
import { nextInLine, turnOf } from './queue.ts';
import type { Run } from './states.ts';
import { Steps } from './steps.ts';
import type { Tick } from './tick.ts';

/** What the breaker did to a job. */
export interface Turn {
  kind: 'paused' | 'resumed';
  job: string;
  /** Of the run that made it do so. */
  tick: Tick;
  /** In words. */
  why: string;
}

/** What the following up of a run needs. */
export interface FollowUpContext {
  ledger: Ledger;
  dispatcher: Dispatcher;
  /** Milliseconds since 1970. */
  clock(): number;
  /** Told where the breaker pauses a job, and where it lets it go. */
  turned(turn: Turn): void;
}

/**
 * What follows once a run has its row: its next attempt is planned, the breaker looks at it, and whoever
 * waits for the lock gets their turn. All of it may be done twice, or by another process: the finalizer
 * does it anew for an attempt that died in the middle.
 *
 * @param payload of the delivery, or of the list; the next attempt gets it where the run kept no other
 * @param lock as it is now, the run's own holder gone; `undefined` where there is none
 * @throws the first error, after everything was tried
 */
export async function followUp(
  run: Run,
  payload: unknown,
  lock: Lock | undefined,
  limits: RunLimits,
  context: FollowUpContext,
): Promise<void> {
  const steps = new Steps();
  await steps.take(() => planRetry(run, payload, context));
  if (lock) {
    await steps.take(() => watchFailures(run, lock, limits, context));
    await steps.take(() => callNext(lock, limits, context));
  }
  steps.done();
}

/** The next attempt of the tick, by a one-time schedule. */
async function planRetry(
  run: Run,
  payload: unknown,
  { dispatcher }: FollowUpContext,
): Promise<void> {
  const { job, tick, attempt, retryAt } = run;
  // A tick of which no attempt was made is caught up by the sweeper, with the others of its backlog.
  if (retryAt === undefined || attempt === 0) return;
  const event = { job, scheduledTime: tick, trigger: 'retry' as const, attempt: attempt + 1 };
  await dispatcher.at({ ...event, ...payloadOf(run, payload) }, Date.parse(retryAt));
}

/**
 * The breaker. A job that failed too often in a row pauses itself; while it is paused a success, of a
 * probe or of a run that was under way, ends that.
 */
async function watchFailures(
  run: Run,
  lock: Lock,
  { pauseAfter }: RunLimits,
  { ledger, clock, turned }: FollowUpContext,
): Promise<void> {
  const { job, tick, status, error } = run;
  const failures = lock.failures[job] ?? 0;
  const pause = lock.paused[job];
  if (status === 'succeeded' && pause?.by === BREAKER) {
    if (await ledger.resume(lock.lock, job))
      turned({ kind: 'resumed', job, tick, why: `succeeded after the pause since ${pause.since}` });
  }
  if (!failedForGood(run) || pause || pauseAfter === 0 || failures < pauseAfter) return;
  const why = `${failures} runs failed in a row, the last with ${error?.name ?? status}: ${error?.message ?? 'no error'}`;
  const since = new Date(clock()).toISOString();
  if (await ledger.pause(lock.lock, job, { by: BREAKER, why, since }, pauseAfter))
    turned({ kind: 'paused', job, tick, why });
}

/** Delivers those whose turn it is. Each claims its place when it runs; called twice, it runs once. */
export async function callNext(
  lock: Lock,
  { room }: Pick<RunLimits, 'room'>,
  { dispatcher, clock }: Pick<FollowUpContext, 'dispatcher' | 'clock'>,
): Promise<void> {
  const steps = new Steps();
  for (const place of nextInLine(lock, room, clock()))
    await steps.take(() => dispatcher.now(turnOf(place)));
  steps.done();
}
