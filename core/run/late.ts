import type { Delivery } from './delivery.ts';
import type { RunContext } from './flow.ts';
import type { RunLimits } from './limits.ts';
import { duplicate, outcomeOf, skip } from './outcome.ts';
import { isDead, seal } from './seal.ts';
import { NO_FENCE, type Outcome, type Run } from './states.ts';
import { timeOf } from './tick.ts';

/** Whether a delivery of a schedule came later than its job takes it; what waits for its turn came in time. */
export function isLate(
  { trigger, tick, waitingSince }: Delivery,
  { misfireGrace }: RunLimits,
  now: number,
): boolean {
  const came = waitingSince ? Date.parse(waitingSince) : now;
  return trigger === 'schedule' && came - timeOf(tick) > misfireGrace;
}

/**
 * A delivery past its grace does not run. Its row says so, or says `missed` where the backlog is to be
 * caught up: the sweeper does that, which sees all of it. Where an attempt of its tick holds the lock, the
 * row is that attempt's to write, or says that it died.
 */
export async function late(
  delivery: Delivery,
  limits: RunLimits,
  context: RunContext,
): Promise<Outcome> {
  const { ledger, clock, closed } = context;
  const { job, tick } = delivery;
  const { holders = {}, fences = {}, waiting = {} } = (await ledger.readLock(limits.lock)) ?? {};
  const held = Object.entries(holders).find(
    ([, holder]) => holder.job === job && holder.tick === tick,
  );
  if (held) {
    const [key, holder] = held;
    if (!isDead(holder, clock()))
      return duplicate(delivery, { kind: 'duplicate', reason: 'already_running' }, context);
    const over = await seal(holder, fences[key] ?? NO_FENCE, clock(), ledger);
    if (over.written) closed(over.row);
    return duplicate(delivery, { kind: 'duplicate', reason: 'already_ended' }, context);
  }
  if (Object.values(waiting).some((place) => place.job === job && place.tick === tick))
    return duplicate(delivery, { kind: 'duplicate', reason: 'already_waiting' }, context);
  if (limits.catchUp === 'none')
    // No attempt was made: a row that says that none came stays as it is.
    return skip({ ...delivery, attempt: 0 }, { reason: 'misfire', fence: NO_FENCE }, context);
  return await leaveToSweeper(delivery, context);
}

async function leaveToSweeper(
  { job, tick, trigger }: Delivery,
  context: RunContext,
): Promise<Outcome> {
  const now = new Date(context.clock()).toISOString();
  const row: Run = {
    job,
    tick,
    status: 'missed',
    reason: 'misfire',
    fence: NO_FENCE,
    token: context.newToken(),
    // None was made: the one that catches up is the first.
    attempt: 0,
    trigger,
    finishedAt: now,
    retryAt: now,
    ...context.place,
  };
  const { written, ...found } = await context.ledger.record(row, context.clock());
  if (written || ('run' in found && found.run?.token === row.token)) return outcomeOf(row);
  const delivery = { job, tick, trigger, attempt: 1, payload: undefined };
  return duplicate(delivery, { kind: 'duplicate', reason: 'already_ended' }, context);
}
