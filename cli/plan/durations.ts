import type { OperationsStore } from '../../core/ledger/operations-store.ts';
import type { Deployed } from '../../core/run/limits.ts';
import type { Run } from '../../core/run/states.ts';
import { type Tick, timeOf } from '../../core/run/tick.ts';
import { DAY } from '../../core/schedule/duration.ts';
import { ticksOfAll } from '../../core/schedule/ticks.ts';

/** How many runs a mean is taken of, at most. */
const RUNS = 20;
/** How many rows are asked for, of all jobs together: in long lists a mean is taken of fewer. */
const ROWS = 2_000;

/**
 * How long the code of each job took on average, in milliseconds; without those that have not succeeded lately.
 * Which rows there are follows from the schedules: one request for a hundred of them, and for a hundred locks.
 */
export async function meanDurations(
  jobs: readonly Deployed[],
  store: Pick<OperationsStore, 'readLocks' | 'readRows'>,
): Promise<Map<string, number>> {
  const locks = await store.readLocks([...new Set(jobs.map(({ limits }) => limits.lock))]);
  const most = Math.min(RUNS, Math.max(1, Math.floor(ROWS / jobs.length)));
  const keys = jobs.flatMap((job) => {
    const last = locks.get(job.limits.lock)?.last[job.name]?.tick;
    return last ? ticksUpTo(last, job, most).map((tick) => ({ job: job.name, tick })) : [];
  });
  const rows = Map.groupBy(await store.readRows(keys), ({ job }) => job);
  return new Map([...rows].flatMap(([job, runs]) => meanOf(runs).map((mean) => [job, mean])));
}

/** The last run's tick, and those before it that its schedules had within a day. */
function ticksUpTo(last: Tick, { expressions, timeZone }: Deployed, most: number): Tick[] {
  const known = expressions.filter((expression) => !expression.startsWith('rate('));
  const end = timeOf(last);
  const ticks = most > 1 ? ticksOfAll(known, timeZone, new Date(end - DAY), new Date(end)) : [];
  return [...new Set([...ticks, last])].slice(-most);
}

/** None where none has succeeded. */
function meanOf(runs: readonly Run[]): number[] {
  const lengths = runs.flatMap(({ status, startedAt, finishedAt }) =>
    status === 'succeeded' && startedAt ? [Date.parse(finishedAt) - Date.parse(startedAt)] : [],
  );
  if (lengths.length === 0) return [];
  return [lengths.reduce((sum, length) => sum + length, 0) / lengths.length];
}
