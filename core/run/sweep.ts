import type { Lock } from '../ledger/ledger.ts';
import { MINUTE } from '../schedule/duration.ts';
import { catchUp } from './catch-up.ts';
import type { FinalizeContext } from './finalize.ts';
import { callNext, followUp } from './follow-up.ts';
import { free } from './free.ts';
import type { Deployed } from './limits.ts';
import { payloadOf } from './payload.ts';
import { nextInLine, placeOf } from './queue.ts';
import { isDead } from './seal.ts';
import { NO_FENCE, type Run } from './states.ts';
import { Steps } from './steps.ts';
import type { Tick } from './tick.ts';

/** What a sweep looks at. */
export interface Sweep {
  job: Pick<Deployed, 'name' | 'payload' | 'limits'>;
  /** Ticks past their grace that have no row. */
  withoutRow: readonly Tick[];
  /** Rows of the job whose next attempt was due a while ago. */
  waiting: readonly Run[];
}

export interface SweepContext extends FinalizeContext {
  /**
   * To be done once people were told what was missed: a run that catches up writes the row anew, and with
   * its success nothing would know any more that the tick did not run at its time.
   */
  later(work: () => Promise<void>): void;
}

/** How long after it was due an attempt, or a turn in the queue, counts as lost, in milliseconds. */
export const PATIENCE = 2 * MINUTE;

/**
 * Closes what no delivery will close any more, and does what whoever should have done it died of: attempts
 * whose lease ran out, ticks of which nothing was ever written, attempts that nobody planned, turns that
 * nobody called. Without it a tick whose last delivery died, or came while its dead predecessor still
 * counted as alive, would be silent for ever.
 *
 * May run beside anything and twice at once: every write of it is conditional, and what it delivers
 * again is a duplicate.
 *
 * @param seen the lock's item, which may have changed since; `undefined` where there is none
 */
export async function sweep(
  { job, withoutRow, waiting }: Sweep,
  seen: Lock | undefined,
  context: SweepContext,
): Promise<void> {
  const { name, payload, limits } = job;
  const { dispatcher, clock } = context;
  const steps = new Steps();
  const lock = await freeDead(job, seen, steps, context);
  const isLost = ({ job, tick }: Pick<Run, 'job' | 'tick'>) =>
    !lock ||
    (placeOf(lock, job, tick) === undefined &&
      !Object.values(lock.holders).some((holder) => holder.job === job && holder.tick === tick));

  const silent = withoutRow.filter((tick) => isLost({ job: name, tick }));
  const missed = waiting.filter((row) => row.attempt === 0 && !isQueued(lock, row) && isLost(row));
  await steps.take(() => closeBacklog(job, silent, missed, lock, context));

  for (const row of waiting.filter((row) => row.attempt > 0 && isLost(row))) {
    const { tick, attempt } = row;
    const next = {
      job: name,
      scheduledTime: tick,
      trigger: 'retry' as const,
      attempt: attempt + 1,
    };
    await steps.take(() => dispatcher.now({ ...next, ...payloadOf(row, payload) }));
  }

  const now = clock();
  const turns = lock ? nextInLine(lock, limits.room, now) : [];
  if (lock && turns.some((place) => place.job === name && place.since <= now - PATIENCE))
    await steps.take(() => callNext(lock, limits, context));
  steps.done();
}

/** Ends a run whose next attempt will not come: its job has left the list. */
export async function closeForGood(
  row: Run,
  end: Partial<Pick<Run, 'status' | 'reason'>>,
  { ledger, clock, closed }: Pick<FinalizeContext, 'ledger' | 'clock' | 'closed'>,
): Promise<void> {
  const now = clock();
  // Half a step: after the row as it is, before that of any attempt which comes after all.
  const last = { ...row, ...end, retryAt: undefined, fence: row.fence + 0.5 };
  if ((await ledger.record(last, now)).written) closed(last);
}

/** Frees the lock of the job's holders whose lease ran out. */
async function freeDead(
  { name, payload, limits }: Sweep['job'],
  seen: Lock | undefined,
  steps: Steps,
  context: FinalizeContext,
): Promise<Lock | undefined> {
  const now = context.clock();
  let lock = seen;
  for (const [holderKey, holder] of Object.entries(seen?.holders ?? {})) {
    if (!seen || holder.job !== name || !isDead(holder, now)) continue;
    const { row, after } = await free(seen, holderKey, holder, context);
    lock = after;
    await steps.take(() => followUp(row, payload, after, limits, context));
  }
  return lock;
}

/** Whether a tick's turn comes later in a backlog that is being caught up. */
function isQueued(lock: Lock | undefined, { job, tick }: Run): boolean {
  const places = Object.values(lock?.waiting ?? {});
  return places.some((place) => place.job === job && place.rest?.includes(tick));
}

/**
 * Ends the ticks that did not run at their time as the job's `catchUp` says, and has those run that it
 * wants to. Their rows say `missed` until then, so that a sweep that dies here leaves them to the next.
 *
 * @param silent ticks without a row
 * @param missed rows that wait to be caught up
 */
async function closeBacklog(
  { name, payload, limits }: Sweep['job'],
  silent: readonly Tick[],
  missed: readonly Run[],
  lock: Lock | undefined,
  context: SweepContext,
): Promise<void> {
  const { ledger, dispatcher, clock, later } = context;
  const now = clock();
  const ticks = [...silent, ...missed.map(({ tick }) => tick)].sort();
  const { run, superseded } = catchUp(ticks, limits.catchUp, lock?.watermarks[name]);
  for (const tick of silent) {
    const retryAt = run.includes(tick) ? new Date(now).toISOString() : undefined;
    if (superseded.includes(tick)) await close({ tick, status: 'skipped', reason: 'superseded' });
    else await close({ tick, status: 'missed', reason: 'not_delivered', retryAt });
  }
  for (const row of missed.filter(({ tick }) => !run.includes(tick))) {
    const isPast = superseded.includes(row.tick);
    // Otherwise it was to be caught up when it was missed, and the list says otherwise now.
    await closeForGood(row, isPast ? { status: 'skipped', reason: 'superseded' } : {}, context);
  }

  const [first, ...rest] = run;
  if (first === undefined || lock?.waiting[`${name}:catch-up`]) return;
  const { priority, concurrency, room } = limits;
  const next = { job: name, tick: first, attempt: 1, trigger: 'catch-up' as const };
  const text = payload === undefined ? undefined : JSON.stringify(payload);
  const place = { ...next, payload: text, priority, concurrency, since: now, rest };
  later(async () => {
    if (!lock) return dispatcher.now({ ...next, scheduledTime: first, payload });
    if (await ledger.wait(place, lock))
      await callNext(
        { ...lock, waiting: { ...lock.waiting, [`${name}:catch-up`]: place } },
        { room },
        context,
      );
  });

  async function close(end: Pick<Run, 'tick' | 'status' | 'reason' | 'retryAt'>) {
    const row: Run = {
      job: name,
      fence: NO_FENCE,
      token: 'sweeper',
      attempt: 0,
      trigger: 'schedule',
      finishedAt: new Date(now).toISOString(),
      ...end,
    };
    if ((await ledger.record(row, now)).written) context.closed(row);
  }
}
