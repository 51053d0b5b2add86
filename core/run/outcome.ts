import type { Verdict } from './claim.ts';
import type { Delivery } from './delivery.ts';
import type { RunContext } from './flow.ts';
import { historyOf } from './history.ts';
import { kept } from './payload.ts';
import type { Outcome, Reason, Run } from './states.ts';

/** The tick is not run, and its row says why; what an earlier attempt failed of stays on it. */
export async function skip(
  delivery: Delivery,
  { reason, fence, previous }: { reason: Reason; fence: number; previous?: Run },
  context: RunContext,
): Promise<Outcome> {
  const { job, tick, attempt, trigger } = delivery;
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
    finishedAt: new Date(context.clock()).toISOString(),
    ...context.place,
    ...kept(delivery),
    error: previous?.error,
    ...historyOf(previous),
  };
  const recorded = await context.ledger.record(row, context.clock());
  // The tick has a row already: whatever it says was said first, or later and with more right.
  if (!recorded.written && recorded.run?.token !== token)
    return duplicate(delivery, { kind: 'duplicate', reason: 'already_ended' }, context);
  return outcomeOf(row);
}

/** Nothing is written: another delivery of the tick takes care of it, or a later one will. */
export function duplicate(
  { job, tick, attempt }: Delivery,
  verdict: Extract<Verdict, { kind: 'duplicate' | 'waiting' }>,
  { clock }: Pick<RunContext, 'clock'>,
): Outcome {
  const reason = verdict.kind === 'duplicate' ? verdict.reason : undefined;
  const finishedAt = new Date(clock()).toISOString();
  return { job, tick, attempt, status: verdict.kind, ...(reason && { reason }), finishedAt };
}

export function outcomeOf(run: Run): Outcome {
  const { job, tick, attempt, status, reason, startedAt, finishedAt, output, error, retryAt } = run;
  return { job, tick, attempt, status, reason, startedAt, finishedAt, output, error, retryAt };
}
