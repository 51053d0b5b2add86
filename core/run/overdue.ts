import type { Holder, Lock } from '../ledger/ledger.ts';
import type { Warning } from '../schedule/warn-after.ts';
import type { Level, News } from './alert.ts';
import type { Deployed } from './limits.ts';
import { isDead } from './seal.ts';

/** A run that has taken most of its timeout, and lives. */
export interface Overdue {
  /** Of its attempt. */
  token: string;
  level: Level;
  news: News;
}

/** The highest level that an attempt has reached by now; `undefined` below the first. */
export function levelOf(
  { startedAt }: Pick<Holder, 'startedAt'>,
  warnAfter: readonly Warning[],
  now: number,
): Level | undefined {
  const age = now - Date.parse(startedAt);
  return warnAfter.findLast(({ after }) => after <= age)?.level;
}

/**
 * The runs that are overdue, of the jobs of the list. A sweep comes every five minutes: what ends sooner
 * after its first level is not seen.
 */
export function overdueRuns(
  jobs: readonly Pick<Deployed, 'name' | 'timeout' | 'warnAfter'>[],
  locks: Iterable<Lock>,
  now: number,
): Overdue[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const holders = [...locks].flatMap((lock) => Object.values(lock.holders));
  return holders.flatMap((holder) => {
    const listed = byName.get(holder.job);
    const level = listed && levelOf(holder, listed.warnAfter, now);
    if (!level || isDead(holder, now)) return [];
    const { job, tick, attempt, startedAt, token } = holder;
    const share = Math.floor(((now - Date.parse(startedAt)) / listed.timeout) * 100);
    const why = `it runs since ${startedAt}, and has taken ${share} % of its timeout`;
    return [{ token, level, news: { kind: 'overdue', job, tick, attempt, level, why } }];
  });
}
