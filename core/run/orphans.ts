import type { Lock } from '../ledger/ledger.ts';
import type { Waiting } from '../ledger/waiting.ts';
import type { FinalizeContext } from './finalize.ts';
import { callNext, followUp } from './follow-up.ts';
import { free, withoutRetry } from './free.ts';
import type { Deployed } from './limits.ts';
import { turnOf } from './queue.ts';
import { isDead } from './seal.ts';
import { NO_FENCE, type Run } from './states.ts';
import { Steps } from './steps.ts';
import { PATIENCE } from './sweep.ts';

/**
 * Frees a lock of jobs that do not take it any more: a deploy took them out of the list, or gave them
 * another group. Nothing else would: what they left in its queue stands before the others for ever.
 *
 * @param room how many may hold the lock
 * @param jobOf a job of the list; `undefined` where it has left it
 */
export async function freeOrphans(
  lock: Lock,
  room: number,
  jobOf: (name: string) => Deployed | undefined,
  context: FinalizeContext,
): Promise<void> {
  const { ledger, clock } = context;
  const now = clock();
  const isOrphan = (job: string) => jobOf(job)?.limits.lock !== lock.lock;
  const steps = new Steps();
  let after: Lock | undefined;
  for (const [holderKey, holder] of Object.entries(lock.holders)) {
    if (!isOrphan(holder.job) || !isDead(holder, now)) continue;
    const listed = jobOf(holder.job);
    const dead = listed ? holder : withoutRetry(holder);
    const freed = await free(lock, holderKey, dead, context);
    after = freed.after;
    if (listed)
      await steps.take(() =>
        followUp(freed.row, listed.payload, undefined, listed.limits, context),
      );
  }
  for (const place of Object.values(lock.waiting)) {
    if (!isOrphan(place.job) || place.since > now - PATIENCE) continue;
    // It keeps a place that it could not be called from: the next sweep calls it again.
    await steps.take(async () => {
      await endWaiting(place, jobOf(place.job) !== undefined, context);
      after = await ledger.leave(lock.lock, place);
    });
  }
  if (after) {
    const left = after;
    await steps.take(() => callNext(left, { room }, context));
  }
  steps.done();
}

/** A job that moved gets its turn at its new lock; of one that is gone the tick is over. */
async function endWaiting(
  place: Waiting,
  isListed: boolean,
  { ledger, dispatcher, clock, closed }: FinalizeContext,
): Promise<void> {
  if (isListed) return dispatcher.now(turnOf(place));
  const { job, tick, attempt, trigger } = place;
  const now = clock();
  const row: Run = {
    job,
    tick,
    attempt,
    trigger,
    status: 'missed',
    reason: 'not_delivered',
    error: { name: 'NotInTheList', message: 'the job left the list while the tick waited' },
    fence: NO_FENCE,
    token: 'sweeper',
    finishedAt: new Date(now).toISOString(),
  };
  if ((await ledger.record(row, now)).written) closed(row);
}
