import type { Ledger, Lock } from '../ledger/ledger.ts';
import { isDead, seal } from './seal.ts';
import { NO_FENCE, type Run } from './states.ts';
import type { Tick } from './tick.ts';

/** What a sweep looks at. */
export interface Sweep {
  job: string;
  lock: string;
  /** Ticks past their grace that have no row. */
  withoutRow: readonly Tick[];
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Closes what no delivery will close any more: attempts whose lease ran out, and ticks of which
 * nothing was ever written. Without it a tick whose last delivery died, or came while its dead
 * predecessor still counted as alive, would be silent for ever.
 *
 * May run beside anything and twice at once: every write of it is conditional.
 *
 * @param seen the lock's item, which may have changed since; `undefined` where there is none
 * @param closed told of each row it closed, as `crashed` or `missed`, before anything else can fail
 */
export async function sweep(
  { job, lock, withoutRow, now }: Sweep,
  seen: Lock | undefined,
  ledger: Ledger,
  closed: (row: Run) => void,
): Promise<void> {
  const { holders = {}, fences = {} } = seen ?? {};
  for (const [holderKey, holder] of Object.entries(holders)) {
    if (!isDead(holder, now)) continue;
    const { row, written } = await seal(holder, fences[holderKey] ?? NO_FENCE, now, ledger);
    // Told of by whoever wrote it, and not where the attempt had closed its row itself and only its
    // release was lost: what is told twice is counted and alerted of twice.
    if (written) closed(row);
    const { tick, status, attempt } = row;
    const { token } = holder;
    await ledger.release({
      lock,
      holderKey,
      token,
      job: holder.job,
      tick,
      status,
      attempt,
      now,
    });
  }
  const held = new Set(Object.values(holders).map((holder) => `${holder.job} ${holder.tick}`));
  for (const tick of withoutRow.filter((tick) => !held.has(`${job} ${tick}`))) {
    const row: Run = {
      job,
      tick,
      status: 'missed',
      reason: 'not_delivered',
      fence: NO_FENCE,
      token: 'sweeper',
      attempt: 0,
      trigger: 'schedule',
      finishedAt: new Date(now).toISOString(),
    };
    if ((await ledger.record(row, now)).written) closed(row);
  }
}
