import { StoreError } from '../ledger/errors.ts';
import type { Claim, Grant, Ledger, Lock } from '../ledger/ledger.ts';
import type { Waiting } from '../ledger/waiting.ts';
import type { Delivery } from './delivery.ts';
import { judge, type TakingOver } from './judge.ts';
import type { RunLimits } from './limits.ts';
import type { Outcome, Reason, Run } from './states.ts';

/** What became of a claim. */
export type Verdict =
  /** The attempt may run, with this fencing token. */
  | { kind: 'run'; fence: number; previous?: Run; isProbe: boolean }
  /** Another delivery of the tick took care of it, does, or will. */
  | { kind: 'duplicate'; reason: Outcome['reason']; queued?: Waiting }
  /** It took its place in the queue. */
  | { kind: 'waiting' }
  /** The tick is deliberately not run. `fence` orders the row that says so before every later attempt. */
  | { kind: 'skip'; reason: Reason; fence: number; previous?: Run; queued?: Waiting };

/**
 * A round is lost because somebody else changed the lock meanwhile, so somebody makes progress. With
 * the pauses between them so many take a quarter of a minute, and then the delivery is given back.
 */
const ROUNDS = 30;

/**
 * Asks the lock whether this delivery may run: one write where nothing is in the way; where
 * something is, the refusal brings the lock's item, and the item decides.
 *
 * @param closed told of each row of another attempt or tick that this delivery closed
 * @throws StoreError where the store gives no answer, or others keep changing the lock
 */
export async function claim(
  delivery: Delivery,
  asked: Claim,
  limits: RunLimits,
  ledger: Ledger,
  closed: (row: Run) => void,
): Promise<Verdict> {
  let over: TakingOver | undefined;
  for (let lost = 0; lost < ROUNDS; lost++) {
    const answer = await ledger.acquire(asked, lost);
    const lock = answer.granted ? answer : (answer.lock ?? (await createOrRead(asked, ledger)));
    if ('granted' in lock) {
      if (lock.granted) return running(delivery, lock.fence, ledger);
      continue;
    }
    // A write of mine was applied and its answer lost. Taking it for a refusal would leave the lock
    // held by nobody alive until the lease runs out.
    if (lock.holders[asked.holderKey]?.token === asked.holder.token)
      return running(delivery, lock.fences[asked.holderKey] ?? 0, ledger, over);
    const judgement = await judge(delivery, asked, limits, lock, ledger, closed);
    if (judgement.kind === 'again') continue;
    if (judgement.kind !== 'take over') return judgement;
    over = judgement;
    const taken = await ledger.takeOver(claimOf(asked, over), lock, over.how);
    if (taken.granted) return running(delivery, taken.fence, ledger, over);
  }
  throw new StoreError(
    'contended',
    `the lock '${asked.lock}' changed ${ROUNDS} times while it was claimed`,
  );
}

async function running(
  { job, tick, attempt }: Delivery,
  fence: number,
  ledger: Ledger,
  over?: TakingOver,
): Promise<Verdict> {
  return {
    kind: 'run',
    fence,
    // Where the attempt before never claimed, nothing was in this one's way, and its row was not looked at.
    previous: over?.previous ?? (attempt > 1 ? await ledger.readRun(job, tick) : undefined),
    isProbe: over?.how.passes?.probeAt !== undefined,
  };
}

/** A probe is not tried again: one an hour is enough of a job that keeps failing. */
function claimOf(asked: Claim, { how }: TakingOver): Claim {
  if (how.passes?.probeAt === undefined) return asked;
  return { ...asked, holder: { ...asked.holder, retryDelay: undefined } };
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
