import type { OperationsStore } from '../../core/ledger/operations-store.ts';

/** How many runs a mean is taken of, at least. */
const RUNS = 20;
/** How many jobs are asked for at once. */
const AT_ONCE = 20;

/** How long the code of each job took on average, in milliseconds; without those that have not succeeded yet. */
export async function meanDurations(
  jobs: readonly string[],
  store: OperationsStore,
  now: number,
): Promise<Map<string, number>> {
  const means = new Map<string, number>();
  for (let i = 0; i < jobs.length; i += AT_ONCE) {
    await Promise.all(
      jobs.slice(i, i + AT_ONCE).map(async (job) => {
        const mean = await meanOf(job, store, now);
        if (mean !== undefined) means.set(job, mean);
      }),
    );
  }
  return means;
}

async function meanOf(
  job: string,
  store: OperationsStore,
  now: number,
): Promise<number | undefined> {
  const runs = await store.recentRuns(job, RUNS, new Date(now).toISOString());
  const lengths = runs.flatMap(({ status, startedAt, finishedAt }) =>
    status === 'succeeded' && startedAt ? [Date.parse(finishedAt) - Date.parse(startedAt)] : [],
  );
  if (lengths.length === 0) return undefined;
  return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
}
