import { UNTOLD, WAITING } from '../ledger/attention.ts';
import type { Lock } from '../ledger/ledger.ts';
import type { OperationsStore } from '../ledger/operations-store.ts';
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
/** Of each kind of trouble. */
const ATTENTION_SHOWN = 25;
const ATTENTION_WINDOW = 3 * DAY;

/** Worst first. */
const ATTENTION = [UNTOLD, 'crashed', 'timed_out', 'failed', 'missed', WAITING];

/** How many jobs are asked for at once: each is a request, and more only wait for a connection. */
const AT_ONCE = 20;

/**
 * Everything there is to see of the jobs: a request a job for its runs, one for a hundred locks, and nine.
 *
 * @param now milliseconds since 1970
 * @throws StoreError
 */
export async function readOverview(
  jobs: readonly Deployed[],
  store: OperationsStore,
  now: number,
): Promise<Overview> {
  const [locks, lastSweep, notes, ...attention] = await Promise.all([
    store.readLocks([...new Set(jobs.map(({ limits }) => limits.lock))]),
    store.lastSweep(),
    store.notes(NOTES_SHOWN),
    ...ATTENTION.map((key) =>
      store.attention(key, new Date(now - ATTENTION_WINDOW).toISOString(), ATTENTION_SHOWN),
    ),
  ]);
  const views: JobView[] = [];
  for (let i = 0; i < jobs.length; i += AT_ONCE) {
    const some = jobs.slice(i, i + AT_ONCE);
    views.push(...(await Promise.all(some.map((job) => viewOf(job, locks, store, now)))));
  }
  const [untold = []] = attention;
  const [oldestUntold] = untold.map(({ finishedAt }) => finishedAt).sort();
  return { now, jobs: views, attention: attention.flat(), oldestUntold, notes, lastSweep };
}

async function viewOf(
  job: Deployed,
  locks: ReadonlyMap<string, Lock>,
  store: OperationsStore,
  now: number,
): Promise<JobView> {
  const { name, limits } = job;
  const lock = locks.get(limits.lock);
  const pause = lock?.paused[name];
  const since = new Date(now - DAY).toISOString();
  return {
    job,
    next: nextOf(job, now),
    runs: await store.recentRuns(name, RUNS_SHOWN, since),
    lock,
    holders: lock ? heldBy(job, lock, now) : [],
    waiting: Object.values(lock?.waiting ?? {}).filter((place) => place.job === name),
    failures: lock?.failures[name] ?? 0,
    paused: pause && isInForce(pause, now) ? pause : undefined,
  };
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

/** The first tick after this minute of all the schedules of a job. */
function nextOf({ enabled, expressions, timeZone }: Deployed, now: number): Tick | undefined {
  if (!enabled) return undefined;
  const from = new Date(now + 1);
  return expressions.flatMap((one) => nextTick(one, timeZone, from) ?? []).sort()[0];
}

/** The run that says how a job does: the newest that was made of it, not one that waits or was skipped. */
export function lastRun({ runs }: Pick<JobView, 'runs'>): Run | undefined {
  return runs.find(({ status, retryAt }) => status !== 'skipped' && retryAt === undefined);
}
