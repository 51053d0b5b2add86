import { BREAKER } from '../ledger/ledger.ts';
import type { Level } from '../run/alert.ts';
import { failedForGood } from '../run/failure-policy.ts';
import type { Status } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import { MINUTE } from '../schedule/duration.ts';
import type { JobView, Overview } from './overview.ts';
import { lastRun } from './read-overview.ts';

/**
 * How things are:
 * `failing` jobs do not run, or nobody would notice if they did not.
 * `degraded` something went wrong, and everything else goes on.
 */
export type HealthStatus = 'healthy' | 'degraded' | 'failing';

export interface Reason {
  severity: Exclude<HealthStatus, 'healthy'>;
  /** Absent where it is about all of them. */
  job?: string;
  /** In one line. */
  what: string;
}

export interface JobHealth {
  job: string;
  status: HealthStatus;
  next?: Tick;
  /** How its last run ended; where that is to be tried again, its last attempt. */
  last?: { tick: Tick; status: Status; finishedAt: string };
  /** Runs failed for good in a row. */
  failures: number;
  holders: { tick: Tick; attempt: number; ageSeconds: number; leaseEndsInSeconds: number }[];
  /** How near its timeout the run is that is nearest. */
  overdue?: Level;
  paused?: { by: string; why: string; since: string; until?: string };
}

/** The health report. Plain data: as JSON it is what programs get. */
export interface Health {
  status: HealthStatus;
  /** ISO 8601. */
  at: string;
  /** The worst first; empty where all is well. */
  reasons: Reason[];
  store: { reachable: boolean };
  sweeper: { lastSweep?: string; silentForSeconds?: number };
  jobs: JobHealth[];
}

/** Three sweeps that did not come: missed ticks and dead holders go unnoticed. */
const SWEEPER_SILENT = 15 * MINUTE;

/** The sweeper comes every five minutes; what is a little longer overdue is its to close. */
const CLOSED_WITHIN = 7 * MINUTE;

export function healthOf(overview: Overview): Health {
  const { now, lastSweep } = overview;
  const silentFor = lastSweep === undefined ? undefined : now - Date.parse(lastSweep);
  const reasons: Reason[] = [];
  if (silentFor === undefined || silentFor > SWEEPER_SILENT) {
    const what =
      silentFor === undefined
        ? 'the sweeper has not come to its end yet; in the first minutes after a deploy that is as it should be'
        : `the sweeper is silent for ${Math.round(silentFor / MINUTE)} minutes: nothing that is missed would be noticed`;
    reasons.push({ severity: silentFor === undefined ? 'degraded' : 'failing', what });
  }
  const untold = overview.oldestUntold;
  if (untold !== undefined && now - Date.parse(untold) > SWEEPER_SILENT) {
    const what = `people were not told of what happened at ${untold}: the alerts topic refuses messages, or the sweeper is silent`;
    reasons.push({ severity: 'failing', what });
  }
  const ofJobs = overview.jobs.map((view) => reasonsOf(view, now));
  reasons.push(...ofJobs.flat());
  return {
    status: worst(reasons),
    at: new Date(now).toISOString(),
    reasons: reasons.toSorted((a, b) => rank(b.severity) - rank(a.severity)),
    store: { reachable: true },
    sweeper: {
      lastSweep,
      ...(silentFor !== undefined && { silentForSeconds: Math.round(silentFor / 1_000) }),
    },
    jobs: overview.jobs.map((view, i) => jobHealth(view, worst(ofJobs[i] ?? []), now)),
  };
}

/** The report where the store gives no answer: nothing else is known then. */
export function unreachable(error: Error, now: number): Health {
  return {
    status: 'failing',
    at: new Date(now).toISOString(),
    reasons: [{ severity: 'failing', what: `the store can not be used: ${error.message}` }],
    store: { reachable: false },
    sweeper: {},
    jobs: [],
  };
}

function reasonsOf(view: JobView, now: number): Reason[] {
  const { job, holders, paused, failures } = view;
  const reasons: Reason[] = [];
  const say = (severity: Reason['severity'], what: string) =>
    void reasons.push({ severity, job: job.name, what });
  if (paused)
    say(
      paused.by === BREAKER ? 'failing' : 'degraded',
      `paused by ${paused.by} since ${paused.since}: ${paused.why}`,
    );
  const last = lastRun(view);
  const times = failures > 1 ? `, ${failures} runs in a row` : '';
  if (last && failedForGood(last)) say('degraded', `${last.tick} ${last.status}${times}`);
  else if (failures > 0) say('degraded', `its last run failed${times}`);
  if (last?.status === 'missed' && last.retryAt === undefined)
    say('degraded', `${last.tick} was missed: ${last.reason}`);
  const again = view.runs.find(({ retryAt }) => retryAt !== undefined);
  if (again) {
    const { tick, status, attempt, retryAt = '' } = again;
    const isLost = Date.parse(retryAt) < now - CLOSED_WITHIN;
    const next = isLost ? `was due at ${retryAt} and has not come` : `follows at ${retryAt}`;
    say('degraded', `${tick} ${status} in attempt ${attempt}; the next ${next}`);
  }
  for (const { holder, isDead, level } of holders) {
    const { tick, startedAt, leaseExpiresAt } = holder;
    if (isDead && leaseExpiresAt < now - CLOSED_WITHIN)
      say('failing', `${tick} died and still holds the lock: nobody has freed it`);
    else if (isDead) say('degraded', `${tick} died: its lease has run out`);
    else if (level) say('degraded', `${tick} is overdue (${level}): it runs since ${startedAt}`);
  }
  return reasons;
}

function jobHealth(view: JobView, status: HealthStatus, now: number): JobHealth {
  const { job, next, holders, failures, paused } = view;
  const last = lastRun(view);
  const overdue = holders.flatMap(({ level }) => level ?? []).at(0);
  return {
    job: job.name,
    status,
    next,
    ...(last && { last: { tick: last.tick, status: last.status, finishedAt: last.finishedAt } }),
    failures,
    holders: holders.map(({ holder: { tick, attempt, startedAt, leaseExpiresAt } }) => ({
      tick,
      attempt,
      ageSeconds: Math.round((now - Date.parse(startedAt)) / 1_000),
      leaseEndsInSeconds: Math.round((leaseExpiresAt - now) / 1_000),
    })),
    ...(overdue && { overdue }),
    ...(paused && {
      paused: { by: paused.by, why: paused.why, since: paused.since, until: paused.until },
    }),
  };
}

function rank(status: HealthStatus): number {
  return ['healthy', 'degraded', 'failing'].indexOf(status);
}

function worst(reasons: readonly Reason[]): HealthStatus {
  if (reasons.some(({ severity }) => severity === 'failing')) return 'failing';
  return reasons.length > 0 ? 'degraded' : 'healthy';
}
