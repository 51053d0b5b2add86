import { StoreError } from '../ledger/errors.ts';
import type { Claim, Grant, Holder, Ledger, Lock } from '../ledger/ledger.ts';
import type { Delivery } from './delivery.ts';
import { isDead, seal } from './seal.ts';
import type { Reason, Run } from './states.ts';
import type { Tick } from './tick.ts';

/** What became of a claim. */
export type Verdict =
  /** The attempt may run, with this fencing token. */
  | { kind: 'run'; fence: number; attempt: number }
  /** Another delivery of the tick took care of it, or does. */
  | { kind: 'duplicate'; reason: 'already_running' | 'already_ended' }
  /** The tick is deliberately not run. `fence` orders the row that says so before every later attempt. */
  | { kind: 'skip'; reason: Reason; fence: number };

/** How to go on after a refusal: a verdict, or an attempt number with which to take the lock over. */
type Judgement = Verdict | { kind: 'take over'; attempt: number };

/**
 * Each round ends because somebody else changed the lock meanwhile, so somebody makes progress;
 * more than this many in a row is a sign of trouble, and the delivery is given back.
 */
const ROUNDS = 5;

/**
 * Asks the lock whether this delivery may run: one write where nothing is in the way; where
 * something is, the refusal brings the lock's item, and the item decides.
 *
 * @param sealed told of a dead attempt whose row this delivery closed
 * @throws StoreError where the store gives no answer, or others keep changing the lock
 */
export async function claim(
  delivery: Delivery,
  asked: Claim,
  ledger: Ledger,
  sealed: (dead: Run) => void,
): Promise<Verdict> {
  let attempt = delivery.attempt;
  let answer = await ledger.acquire(asked);
  for (let round = 0; !answer.granted; round++) {
    if (round === ROUNDS) {
      throw new StoreError(
        'contended',
        `the lock '${asked.lock}' changed ${ROUNDS} times while it was claimed`,
      );
    }
    const lock = answer.lock ?? (await createOrRead(asked, ledger));
    if ('granted' in lock) {
      answer = lock;
      continue;
    }
    const judgement = await judge(delivery, asked, lock, ledger, sealed);
    if (judgement.kind !== 'take over') return judgement;
    attempt = judgement.attempt;
    answer = await ledger.takeOver({ ...asked, holder: { ...asked.holder, attempt } }, lock);
  }
  return { kind: 'run', fence: answer.fence, attempt };
}

/**
 * A refusal without an item: the lock does not exist yet (a job's very first run), or the store
 * does not return items with refusals.
 */
async function createOrRead(asked: Claim, ledger: Ledger): Promise<Grant | Lock> {
  const created = await ledger.create(asked);
  if (created.granted) return created;
  return created.lock ?? (await ledger.readLock(asked.lock)) ?? created;
}

/** Who is in the way of this delivery, and what follows from it. */
async function judge(
  delivery: Delivery,
  asked: Claim,
  lock: Lock,
  ledger: Ledger,
  sealed: (dead: Run) => void,
): Promise<Judgement> {
  const { job, tick } = delivery;
  const holder = lock.holders[asked.holderKey];
  const fence = lock.fences[asked.holderKey] ?? 0;

  // My first write was applied and its answer lost. Taking it for a refusal would leave the lock
  // held by nobody alive until the lease runs out.
  if (holder?.token === asked.holder.token) return { kind: 'run', fence, attempt: holder.attempt };

  const last = lock.last[job];
  if (last?.tick === tick && last.status === 'succeeded') return ENDED;

  const dead = holder !== undefined && isDead(holder, asked.now);
  // A dead attempt is sealed before anything takes its place: with its fence on its row, its late
  // writes are refused, so it can never turn into a second success.
  const over = dead ? await seal(holder, fence, asked.now, ledger) : undefined;
  if (over?.written) sealed(over.row);

  let run: Run | undefined;
  if (over?.row.tick === tick) run = over.row;
  else if (tick <= (lock.watermarks[job] ?? '')) run = await ledger.readRun(job, tick);

  if (holder?.tick === tick && !dead && !isOver(run, fence)) return RUNNING;
  if (run && !runsAgain(run, delivery)) return ENDED;

  const reason = lock.paused[job] ? 'paused' : await overlap(holder, dead, fence, tick, ledger);
  if (reason) {
    // A mere redelivery leaves the row of what happened; a later attempt, which somebody asked for,
    // says why it did not come to be.
    if (run && delivery.attempt <= run.attempt) return ENDED;
    return { kind: 'skip', reason, fence: lock.fence + AFTER_ALL_SO_FAR };
  }
  return { kind: 'take over', attempt: Math.max(delivery.attempt, run ? run.attempt + 1 : 1) };
}

/** Whether another tick's living holder is in the way. */
async function overlap(
  holder: Holder | undefined,
  dead: boolean,
  fence: number,
  tick: Tick,
  ledger: Ledger,
): Promise<'overlap' | undefined> {
  if (!holder || dead || holder.tick === tick) return undefined;
  // Its row may be final and only its release lost. Without this look, one lost packet would cost
  // every tick until the lease ends.
  const other = await ledger.readRun(holder.job, holder.tick);
  return isOver(other, fence) ? undefined : 'overlap';
}

/**
 * A skip takes no fencing token; half a step puts its row after every attempt so far and before the
 * next, so that it replaces the failure it was to retry and never what comes later.
 */
const AFTER_ALL_SO_FAR = 0.5;

const ENDED: Verdict = { kind: 'duplicate', reason: 'already_ended' };
const RUNNING: Verdict = { kind: 'duplicate', reason: 'already_running' };

/**
 * Whether the attempt with this fence has ended for good. `timed_out` is written by the attempt
 * itself a moment before its deadline, while its code may still be running: only its lease ends it.
 */
function isOver(run: Run | undefined, fence: number): boolean {
  return run !== undefined && run.fence >= fence && run.status !== 'timed_out';
}

/** Whether a tick that has a row is run again by this delivery. */
function runsAgain(run: Run, delivery: Delivery): boolean {
  switch (run.status) {
    case 'succeeded':
      return false;
    // Ended on purpose, and the row says so: only a later attempt, which somebody asked for, runs.
    case 'failed':
    case 'skipped':
      return delivery.attempt > run.attempt;
    // Nobody decided that it should end here: any delivery is welcome.
    case 'timed_out':
    case 'crashed':
    case 'missed':
      return true;
  }
}
