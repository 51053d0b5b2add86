import type { Lock } from '../../core/ledger/ledger.ts';
import { failedForGood } from '../../core/run/failure-policy.ts';
import type { RunLimits } from '../../core/run/limits.ts';
import type { Run } from '../../core/run/states.ts';
import type { Tick } from '../../core/run/tick.ts';
import type { Left } from '../../local/left.ts';
import { fallen } from './tokens.ts';
import type { Sight } from './witness.ts';

/** What each promise says, and where it was broken. */
export interface Verdict {
  promise: string;
  broken: string[];
}

/** All that is known of a campaign once it is over. */
export interface Evidence {
  /** Every tick of every job. */
  expected: readonly { job: string; tick: Tick }[];
  limits: ReadonlyMap<string, RunLimits>;
  rows: readonly Run[];
  locks: readonly Lock[];
  /** In their order. */
  sights: readonly Sight[];
  left: Left;
}

/** Holds what was seen, and what the ledger says, against the promises. */
export function judge(evidence: Evidence): Verdict[] {
  const { sights, limits, locks, rows } = evidence;
  const started = sights.filter(({ what }) => what === 'started');
  const seen = (what: Sight['what']) => sights.filter((sight) => sight.what === what).map(named);
  return Object.entries({
    'never more live runs of a job than its concurrency': seen('too many of the job'),
    'never more live runs of a group than its limit': seen('too many of the group'),
    'every tick ends as a row': silent(evidence),
    'no run waits for ever for its next attempt': rows.filter(({ retryAt }) => retryAt).map(named),
    'no lock is left held, and nobody left in its queue': locks.flatMap(leftIn),
    'nothing is left to be delivered or dealt with': leftOver(evidence.left),
    'nothing runs after its success': afterSuccess(started, rows).map(named),
    'a success is recorded only of code that returned': unseen(rows, sights).map(named),
    'fencing tokens grow': fallen(started, limits).map(named),
    'no more attempts of a tick than its list allows': tooMany(started, limits),
    'each attempt of a tick runs once': twice(started),
    'what failed was tried again as often as its list says': givenUp(rows, limits).map(named),
    'what was missed is caught up': notCaughtUp(rows, limits).map(named),
    'a tick is superseded by a newer one': supersededByNone(rows).map(named),
    'a job that buffers skips nothing for overlap': rows
      .filter(({ job, reason }) => reason === 'overlap' && limits.get(job)?.overlap === 'bufferOne')
      .map(named),
    'a job that failed too often is paused': notPaused(locks, limits),
  }).map(([promise, broken]) => ({ promise, broken }));
}

function named({ job, tick }: { job: string; tick: string }): string {
  return `${job} ${tick}`;
}

function silent({ expected, rows }: Evidence): string[] {
  const accounted = new Set(rows.map(named));
  return expected.map(named).filter((tick) => !accounted.has(tick));
}

function leftIn({ lock, holders = {}, waiting = {} }: Lock): string[] {
  return [
    ...Object.values(holders).map((holder) => `${lock}: held by ${named(holder)}`),
    ...Object.values(waiting).map((place) => `${lock}: ${named(place)} waits`),
  ];
}

function leftOver(left: Left): string[] {
  return Object.entries(left).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
}

/** A process that dies before its record is run again: only what the ledger calls a success counts. */
function afterSuccess(
  started: readonly Sight[],
  rows: readonly Run[],
): { job: string; tick: string }[] {
  const fences = new Map(
    rows.filter(({ status }) => status === 'succeeded').map((row) => [named(row), row.fence]),
  );
  return [
    ...started.filter((sight) => sight.fencingToken > (fences.get(named(sight)) ?? Infinity)),
    ...rows.filter(({ earlier }) => earlier?.some(({ status }) => status === 'succeeded')),
  ];
}

function unseen(rows: readonly Run[], sights: readonly Sight[]): Run[] {
  const returned = new Set(
    sights
      .filter(({ what }) => what === 'returned')
      .map((sight) => `${named(sight)} ${sight.fencingToken}`),
  );
  return rows.filter(
    (row) => row.status === 'succeeded' && !returned.has(`${named(row)} ${row.fence}`),
  );
}

function tooMany(started: readonly Sight[], limits: Evidence['limits']): string[] {
  return [...Map.groupBy(started, named).values()].flatMap((attempts) => {
    const [first] = attempts as [Sight];
    const most = attemptsOf(first.job, limits);
    const isBroken = attempts.length > most || attempts.some(({ attempt }) => attempt > most);
    return isBroken ? [named(first)] : [];
  });
}

function twice(started: readonly Sight[]): string[] {
  const attempts = Map.groupBy(started, (sight) => `${named(sight)} attempt ${sight.attempt}`);
  return [...attempts].flatMap(([attempt, { length }]) => (length > 1 ? [attempt] : []));
}

/** A run that failed for good though its list had more. What was skipped, or could not be delivered, says so. */
function givenUp(rows: readonly Run[], limits: Evidence['limits']): Run[] {
  const paused = rows.filter(({ reason }) => reason === 'paused');
  return rows.filter((run) => {
    const { job, tick, attempt, reason, error } = run;
    if (!failedForGood(run) || attempt >= attemptsOf(job, limits)) return false;
    if (reason === 'not_delivered' || error?.name === 'DoNotRetry') return false;
    // It may have been a probe, which is not tried again.
    return !paused.some((other) => other.job === job && other.tick < tick);
  });
}

function notCaughtUp(rows: readonly Run[], limits: Evidence['limits']): Run[] {
  return rows.filter(
    ({ job, status, attempt }) =>
      status === 'missed' && attempt === 0 && limits.get(job)?.catchUp !== 'none',
  );
}

function supersededByNone(rows: readonly Run[]): Run[] {
  return rows.filter(
    ({ job, tick, reason }) =>
      reason === 'superseded' &&
      !rows.some((row) => row.job === job && row.tick > tick && row.reason !== 'superseded'),
  );
}

function notPaused(locks: readonly Lock[], limits: Evidence['limits']): string[] {
  return locks.flatMap(({ failures = {}, paused = {} }) =>
    Object.entries(failures).flatMap(([job, count]) => {
      const { pauseAfter = 0 } = limits.get(job) ?? {};
      const isBroken = pauseAfter > 0 && count >= pauseAfter && !paused[job];
      return isBroken ? [`${job}: ${count} runs failed in a row`] : [];
    }),
  );
}

function attemptsOf(job: string, limits: Evidence['limits']): number {
  return (limits.get(job)?.retryDelays.length ?? 0) + 1;
}
