import type { Gist, OperationsStore } from '../ledger/operations-store.ts';
import type { Status } from '../run/states.ts';
import { DAY } from '../schedule/duration.ts';

/** Which rows are to go. */
export interface Pruning {
  /** Milliseconds since their tick. */
  olderThan: number;
  /** Default: any. */
  status?: Status;
  /** Only counts. Default: false. */
  dryRun?: boolean;
}

export interface Pruned {
  job: string;
  /** How many went, or would. */
  deleted: number;
  /** How many were to go, and stayed: they wait, nobody was told of them yet, they have changed since, or there is no newer one. */
  kept: number;
}

/**
 * Until then a tick may still be delivered, looked for by the sweeper, or be told of: EventBridge goes on for a
 * day, and the sweeper looks back for another. Without its row it would run once more, or count as missed.
 */
export const STILL_NEEDED = 2 * DAY;

/** How many requests are under way at once. */
const AT_ONCE = 25;

/**
 * Deletes old rows of a job before their time.
 *
 * @param misfireGrace of the job, in milliseconds: it, too, keeps a tick from being over
 * @param now milliseconds since 1970
 */
export async function prune(
  { name: job, misfireGrace }: { name: string; misfireGrace: number },
  { olderThan, status, dryRun = false }: Pruning,
  store: Pick<OperationsStore, 'rowsBetween' | 'deleteRow' | 'recentRuns'>,
  now: number,
): Promise<Pruned> {
  const before = new Date(now - Math.max(olderThan, STILL_NEEDED + misfireGrace)).toISOString();
  const [newest] = await store.recentRuns(job, 1, new Date(now).toISOString());
  const mayGo = ({ tick, retryAt }: Gist) => retryAt === undefined && tick !== newest?.tick;
  let deleted = 0;
  let kept = 0;
  for await (const page of store.rowsBetween(job, '0', before)) {
    const asked = page.filter((row) => status === undefined || row.status === status);
    const rows = asked.filter(mayGo);
    kept += asked.length - rows.length;
    for (let i = 0; i < rows.length; i += AT_ONCE) {
      const some = rows.slice(i, i + AT_ONCE);
      const gone = dryRun
        ? some.map(() => true)
        : await Promise.all(some.map((row) => store.deleteRow(row)));
      const count = gone.filter(Boolean).length;
      deleted += count;
      kept += some.length - count;
    }
  }
  return { job, deleted, kept };
}
