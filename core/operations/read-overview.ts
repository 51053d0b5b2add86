import { UNTOLD, WAITING } from '../ledger/attention.ts';
import type { Lock } from '../ledger/ledger.ts';
import type { OperationsStore } from '../ledger/operations-store.ts';
import { failedForGood } from '../run/failure-policy.ts';
import type { Deployed } from '../run/limits.ts';
import { levelOf } from '../run/overdue.ts';
import { isInForce } from '../run/pause.ts';
import { isDead } from '../run/seal.ts';
import { NO_FENCE, type Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import { DAY } from '../schedule/duration.ts';
import { nextTick } from '../schedule/ticks.ts';
import type { HeldView, JobView, Overview } from './overview.ts';

const RUNS_SHOWN = 20;
const NOTES_SHOWN = 20;
/**
 * Of each kind of trouble, the newest; of a longer list as many as it has jobs. One page of DynamoDB's (a
 * megabyte) ends it sooner.
 */
const ATTENTION_READ = 1_000;
const ATTENTION_WINDOW = 3 * DAY;

/** Worst first. */
const ATTENTION = [UNTOLD, 'crashed', 'timed_out', 'failed', 'missed', WAITING];

/** How many jobs are asked for at once: each is a request, and more only wait for a connection. */
const AT_ONCE = 20;

/**
 * Everything there is to see of the jobs: a request a job for its runs, one for a hundred locks, and eight.
 *
 * @param now milliseconds since 1970
 * @throws StoreError
 */
export async function readOverview(
  jobs: readonly Deployed[],
  store: OperationsStore,
  now: number,
): Promise<Overview> {
  const overview = await readStanding(jobs, store, now);
  return { ...overview, jobs: await withRuns(overview.jobs, store, now) };
}

/**
 * How the jobs do, however many they are: of their runs the last one of each, and what needs attention. One
 * request for a hundred locks, one for a hundred rows, and eight.
 *
 * @param now milliseconds since 1970
 * @throws StoreError
 */
export async function readSummary(
  jobs: readonly Deployed[],
  store: OperationsStore,
  now: number,
): Promise<Overview> {
  const overview = await readStanding(jobs, store, now);
  // The tick that ended last is mostly the newest; after a backfill, or a late retry, it is not.
  const keys = overview.jobs.flatMap(({ job: { name }, lock }) => {
    const ticks = [lock?.last[name]?.tick, lock?.watermarks[name]];
    return [...new Set(ticks)].flatMap((tick) => (tick ? [{ job: name, tick }] : []));
  });
  const rows = Map.groupBy(await store.readRows(keys), ({ job }) => job);
  const views = overview.jobs.map((view) => {
    const read = rows.get(view.job.name) ?? [];
    const others = view.runs.filter(({ tick }) => !read.some((row) => row.tick === tick));
    return { ...view, runs: [...read, ...others].sort(byTick) };
  });
  return { ...overview, jobs: views };
}

/**
 * The same without the last runs: all that the locks and the index of what needs attention say. One request
 * for a hundred locks, and eight.
 *
 * @param now milliseconds since 1970
 * @throws StoreError
 */
export async function readStanding(
  jobs: readonly Deployed[],
  store: OperationsStore,
  now: number,
): Promise<Overview> {
  const limit = Math.max(ATTENTION_READ, jobs.length);
  const since = new Date(now - ATTENTION_WINDOW).toISOString();
  const [locks, lastSweep, notes, ...found] = await Promise.all([
    store.readLocks([...new Set(jobs.map(({ limits }) => limits.lock))]),
    store.lastSweep(),
    store.notes(NOTES_SHOWN),
    ...ATTENTION.map((key) => store.attention(key, since, limit)),
  ]);
  const [untold = []] = found;
  const [oldestUntold] = untold.map(({ finishedAt }) => finishedAt).sort();
  const attention = found.flat();
  const troubles = Map.groupBy(attention, ({ job }) => job);
  const nextOf = nextTicks(now);
  const views = jobs.map((job) => {
    const lock = locks.get(job.limits.lock);
    return viewOf(job, lock, troubles.get(job.name) ?? [], nextOf(job), now);
  });
  return { now, jobs: views, attention, oldestUntold, notes, lastSweep };
}

/**
 * The same jobs, with the last twenty runs at least of each, and all of the last 24 hours: a request a job.
 *
 * @param now milliseconds since 1970
 * @throws StoreError
 */
export async function withRuns(
  views: readonly JobView[],
  store: OperationsStore,
  now: number,
): Promise<JobView[]> {
  const since = new Date(now - DAY).toISOString();
  const read: JobView[] = [];
  for (let i = 0; i < views.length; i += AT_ONCE) {
    const some = views.slice(i, i + AT_ONCE).map(async (view) => {
      return { ...view, runs: await store.recentRuns(view.job.name, RUNS_SHOWN, since) };
    });
    read.push(...(await Promise.all(some)));
  }
  return read;
}

function viewOf(
  job: Deployed,
  lock: Lock | undefined,
  troubles: readonly Run[],
  next: Tick | undefined,
  now: number,
): JobView {
  const { name } = job;
  const pause = lock?.paused[name];
  return {
    job,
    next,
    runs: troubles.filter((run) => !isOver(run, lock)).sort(byTick),
    lock,
    holders: lock ? heldBy(job, lock, now) : [],
    waiting: Object.values(lock?.waiting ?? {}).filter((place) => place.job === name),
    failures: lock?.failures[name] ?? 0,
    paused: pause && isInForce(pause, now) ? pause : undefined,
  };
}

/** Whether a row that needed attention is behind its job by now, as far as the lock knows. */
function isOver(run: Run, lock: Lock | undefined): boolean {
  const { job, tick, retryAt } = run;
  const last = lock?.last[job];
  if (!last || last.tick < tick) return false;
  // The index is a moment behind.
  if (last.tick === tick) return last.status === 'succeeded';
  if (retryAt !== undefined) return false;
  if (last.status === 'succeeded') return true;
  // Something ran after it, and is not over. A success in between has set the count of failures back.
  return failedForGood(run) ? !lock?.failures[job] : last.status !== 'skipped';
}

function byTick(a: Run, b: Run): number {
  return a.tick < b.tick ? 1 : -1;
}

function heldBy(job: Deployed, lock: Lock, now: number): HeldView[] {
  return Object.entries(lock.holders)
    .filter(([, holder]) => holder.job === job.name)
    .map(([holderKey, holder]) => ({
      holderKey,
      holder,
      fence: lock.fences[holderKey] ?? NO_FENCE,
      isDead: isDead(holder, now),
      level: levelOf(holder, job.warnAfter, now),
    }));
}

/** The first tick after this minute of all the schedules of a job. Many jobs of a long list have the same ones. */
function nextTicks(now: number): (job: Deployed) => Tick | undefined {
  const from = new Date(now + 1);
  const known = new Map<string, Tick | undefined>();
  const nextOf = (expression: string, timeZone: string) => {
    const key = `${expression} ${timeZone}`;
    if (!known.has(key)) known.set(key, nextTick(expression, timeZone, from));
    return known.get(key);
  };
  return ({ enabled, expressions, timeZone }) => {
    if (!enabled) return undefined;
    return expressions.flatMap((one) => nextOf(one, timeZone) ?? []).sort()[0];
  };
}

/**
 * The run that says how a job does: the newest that was made of it, not one that waits or was skipped; where
 * nothing is known of such a one, the newest.
 */
export function lastRun({ runs }: Pick<JobView, 'runs'>): Run | undefined {
  return (
    runs.find(({ status, retryAt }) => status !== 'skipped' && retryAt === undefined) ?? runs[0]
  );
}
