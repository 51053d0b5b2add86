import {
  BREAKER,
  type Claim,
  type Displaced,
  type Holder,
  type Ledger,
  type Lock,
  type Pause,
  type TakeOver,
} from '../ledger/ledger.ts';
import { queueKey, type Waiting } from '../ledger/waiting.ts';
import type { Verdict } from './claim.ts';
import type { Delivery } from './delivery.ts';
import type { RunLimits } from './limits.ts';
import { isInForce } from './pause.ts';
import { kept } from './payload.ts';
import { goesBefore, placeOf, turnOf } from './queue.ts';
import { isDead, isOver, seal } from './seal.ts';
import { NO_FENCE, type Run } from './states.ts';

/** The lock may be had, by a compare-and-swap against what was seen. */
export interface TakingOver {
  kind: 'take over';
  how: TakeOver;
  previous?: Run;
}

/** How to go on after a refusal. */
export type Judgement = Exclude<Verdict, { kind: 'run' }> | TakingOver | { kind: 'again' };

/** A holder with its key and its fencing token. */
interface Held {
  holderKey: string;
  holder: Holder;
  fence: number;
}

/** Who is in the way of this delivery, and what follows from it. */
export async function judge(
  delivery: Delivery,
  asked: Claim,
  limits: RunLimits,
  lock: Lock,
  ledger: Ledger,
  closed: (row: Run) => void,
): Promise<Judgement> {
  const { job, tick } = delivery;
  const queued = placeOf(lock, job, tick);
  const last = lock.last[job];
  if (last?.tick === tick && last.status === 'succeeded') return ended(queued);

  const all = holdersOf(lock);
  const twin = all.find(
    ({ holder }) => holder.job === job && holder.tick === tick && !isDead(holder, asked.now),
  );
  // Whatever its row says, this is one more copy of it, or of an attempt before: nothing is left to do.
  if (twin && !queued && delivery.attempt <= twin.holder.attempt)
    return { kind: 'duplicate', reason: 'already_running' };

  // A dead attempt is sealed before anything takes its place: with its fence on its row, its late
  // writes are refused, so it can never turn into a second success.
  const displaced: Displaced[] = [];
  const live: Held[] = [];
  for (const held of all) {
    if (!isDead(held.holder, asked.now)) {
      live.push(held);
      continue;
    }
    const { row, written } = await seal(held.holder, held.fence, asked.now, ledger);
    if (written) closed(row);
    displaced.push({ ...held, row });
  }

  const sealed = displaced.find(({ row }) => row.job === job && row.tick === tick)?.row;
  const isOld = tick <= (lock.watermarks[job] ?? '');
  const run = sealed ?? (isOld ? await ledger.readRun(job, tick) : undefined);

  if (twin && !isOver(run, twin.fence)) return { kind: 'duplicate', reason: 'already_running' };
  if (run && !runsAgain(run, delivery)) return ended(queued);
  // Its row is final, and only its release was lost.
  if (twin && run) displaced.push({ ...twin, row: run });

  const fence = lock.fence;
  // What `latest` is for was done by a newer tick that ran meanwhile.
  const isPast = tick < (lock.watermarks[job] ?? '');
  if (delivery.trigger === 'catch-up' && limits.catchUp === 'latest' && isPast)
    return { kind: 'skip', reason: 'superseded', fence, previous: run, queued };

  const pause = lock.paused[job];
  if (pause && !passes(pause, asked.now))
    return { kind: 'skip', reason: 'paused', fence, previous: run, queued };

  // Another tick of the job that has its place in the queue.
  const rival = lock.waiting[queueKey(delivery)];
  const other = rival && rival.tick !== tick && rival.trigger !== 'catch-up' ? rival : undefined;
  if (other && limits.overlap === 'skip')
    return { kind: 'skip', reason: 'overlap', fence, previous: run };
  if (other && other.tick > tick)
    return { kind: 'skip', reason: 'superseded', fence, previous: run };

  const beside = live.filter((held) => held !== twin);
  const blocker = await blockerOf(job, limits, beside, displaced, ledger);
  const left = beside.filter(({ holder }) => !isDisplaced(holder, displaced));
  const living = left.map(({ holder }) => holder);
  const before = blocker ? undefined : goesBefore(lock, job, limits, living);
  if (!blocker && !before) {
    if (other) await supersede(other, lock, asked, ledger, closed);
    const how = { displaced, queued: queued ?? other, ...(pause && { passes: pause }) };
    return { kind: 'take over', how, previous: run };
  }
  if (queued || (rival && !other)) return { kind: 'duplicate', reason: 'already_waiting' };
  // Below its own concurrency it waits for the group, also where one of its own runs fills that.
  const own = left.filter(({ holder }) => holder.job === job).length;
  if (limits.overlap === 'skip' && own >= limits.concurrency && delivery.trigger !== 'catch-up')
    return { kind: 'skip', reason: 'overlap', fence, previous: run };
  if (other) await supersede(other, lock, asked, ledger, closed);
  const place = placeFor(delivery, limits, asked.now, before);
  return (await ledger.wait(place, lock, before, limits.room))
    ? { kind: 'waiting' }
    : { kind: 'again' };
}

function ended(queued: Waiting | undefined): Judgement {
  return { kind: 'duplicate', reason: 'already_ended', queued };
}

function holdersOf({ holders, fences }: Lock): Held[] {
  return Object.entries(holders).map(([holderKey, holder]) => ({
    holderKey,
    holder,
    fence: fences[holderKey] ?? NO_FENCE,
  }));
}

/** Whether a pause lets a run through: its time is over, or it is the breaker's and a probe is due. */
export function passes(pause: Pause, now: number): boolean {
  if (!isInForce(pause, now)) return true;
  const { by, probeAt } = pause;
  return by === BREAKER && probeAt !== undefined && probeAt <= now;
}

/** Each costs a read, and a claim that finds a hundred holders has better things to do. */
const MOST_LOOKED_AT = 3;

/**
 * A living holder for whom there is no room beside this job; `undefined` where there is room. A holder
 * may have its row and only its release may be lost: without a look at it, one lost packet would
 * cost every tick until the lease ends.
 *
 * @param displaced gets those found to be over
 */
async function blockerOf(
  job: string,
  { room, concurrency }: RunLimits,
  live: readonly Held[],
  displaced: Displaced[],
  ledger: Ledger,
): Promise<Held | undefined> {
  let own = live.filter(({ holder }) => holder.job === job);
  let all = [...live];
  const isFull = () => own.length >= concurrency || all.length >= room;
  const oldest = live.toSorted((a, b) => (a.holder.startedAt < b.holder.startedAt ? -1 : 1));
  for (const held of oldest.slice(0, MOST_LOOKED_AT)) {
    if (!isFull()) break;
    if (all.length < room && held.holder.job !== job) continue;
    const row = await ledger.readRun(held.holder.job, held.holder.tick);
    if (!isOver(row, held.fence)) continue;
    displaced.push({ ...held, row });
    all = all.filter((other) => other !== held);
    own = own.filter((other) => other !== held);
  }
  if (own.length >= concurrency) return own[0];
  return all.length >= room ? all[0] : undefined;
}

function isDisplaced(holder: Holder, displaced: readonly Displaced[]): boolean {
  return displaced.some((other) => other.holder === holder);
}

/**
 * Ends the tick whose place another takes. Its row comes first: dead in between, this process would
 * leave a tick that neither waits nor has a row. If it got its turn meanwhile, its own row replaces this.
 */
async function supersede(
  place: Waiting,
  { fence }: Lock,
  { now, holder }: Claim,
  ledger: Ledger,
  closed: (row: Run) => void,
): Promise<void> {
  const { job, tick, attempt, trigger } = place;
  const finishedAt = new Date(now).toISOString();
  const by = { token: holder.token, requestId: holder.requestId, instanceId: holder.instanceId };
  const what = { job, tick, attempt, trigger, fence, finishedAt, ...by };
  const row: Run = { ...what, ...kept(turnOf(place)), status: 'skipped', reason: 'superseded' };
  if ((await ledger.record(row, now)).written) closed(row);
}

function placeFor(
  delivery: Delivery,
  { priority, concurrency }: RunLimits,
  now: number,
  before: Waiting | undefined,
): Waiting {
  const { job, tick, attempt, trigger, payload, ownPayload } = delivery;
  const came = delivery.waitingSince ? Date.parse(delivery.waitingSince) : now;
  // By a slower clock it would stand before who was called already, and would itself not be called.
  const since = Math.max(came, before?.since ?? came);
  return {
    job,
    tick,
    attempt,
    trigger,
    ...(payload !== undefined && { payload: JSON.stringify(payload) }),
    ...(ownPayload !== undefined && { ownPayload }),
    priority,
    concurrency,
    since,
  };
}

/** Whether a tick that has a row is run again: not after a success, and only by a later attempt, which somebody asked for. */
function runsAgain(run: Run, delivery: Delivery): boolean {
  return run.status !== 'succeeded' && delivery.attempt > run.attempt;
}
