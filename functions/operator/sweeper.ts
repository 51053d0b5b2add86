import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { StoreError } from '../../core/ledger/errors.ts';
import { BREAKER, type Lock, type Pause } from '../../core/ledger/ledger.ts';
import type { SweepMemory } from '../../core/ledger/sweep-memory.ts';
import type { RowKey } from '../../core/ledger/sweep-store.ts';
import { endSweep } from '../../core/operations/end-sweep.ts';
import { type Due, dueTicks, holdAt, type Swept } from '../../core/run/expected.ts';
import { type Deployed, leftTheList } from '../../core/run/limits.ts';
import { type Made, withMade } from '../../core/run/made.ts';
import { freeOrphans } from '../../core/run/orphans.ts';
import type { Run } from '../../core/run/states.ts';
import { closeForGood, PATIENCE, type SweepContext, sweep } from '../../core/run/sweep.ts';
import type { Tick } from '../../core/run/tick.ts';
import { pausesOf } from '../../core/run/told.ts';
import { DAY, MINUTE } from '../../core/schedule/duration.ts';
import { nextTick } from '../../core/schedule/ticks.ts';
import { AwsDispatcher } from '../runtime/dispatcher.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { countSweep } from '../runtime/metrics.ts';
import { connectSweeper } from '../runtime/operations.ts';
import { Publisher } from '../runtime/publish.ts';
import { readSweeper } from '../runtime/settings.ts';
import { tellClosed, tellTurned } from '../runtime/tell.ts';

/** What one sweep came to. */
export interface SweepSummary {
  /** Enabled jobs of the list, and schedules made at run time. */
  jobs: number;
  /** Ticks that should have had a row. */
  due: number;
  /** Rows it closed, all together. */
  closed: number;
  missed: number;
  crashed: number;
  /** Of a backlog, those that a newer tick stands for. */
  skipped: number;
  /** Runs whose next attempt was due a while ago, and is delivered again. */
  waiting: number;
  /** Ticks without a row whose attempt still lives; the next sweep looks at them again. */
  open: number;
  /** Pieces of news that people were told. */
  told: number;
}

/** One sweep, as it goes along. */
interface Going {
  now: number;
  recalled: SweepMemory;
  /** The list, and what was made at run time. */
  jobs: ReadonlyMap<string, Deployed>;
  locks: Map<string, Lock>;
  summary: SweepSummary;
  /** Rows that it closed. */
  closed: Run[];
  /** What waits until people were told. */
  later: (() => Promise<void>)[];
}

/**
 * The list as it was synthesized: the bundler writes it in, so that no request is spent on asking for
 * it, and so that it is what was deployed also where the list depends on where it is evaluated.
 */
declare const PUNCTUAL_JOBS: readonly Deployed[];

/**
 * How long a deploy may take from the first schedule it changes to the sweeper, which it changes last. A
 * sweep in between still knows the old schedules, whose ticks do not come any more.
 */
const DEPLOYING = { stack: 3 * MINUTE, fleet: 15 * MINUTE };

/** How long after its last tick a schedule of one time is looked at: longer than any delivery takes. */
const FORGOTTEN_AFTER = 2 * DAY;

const settings = readSweeper(process.env);
/** The names of a fleet's functions begin otherwise than the stack's. */
const deploying = settings.functions === settings.group ? DEPLOYING.stack : DEPLOYING.fleet;
const log = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { ledger, store, made } = connectSweeper(settings, log);
const dispatcher = new AwsDispatcher(settings);
const publisher = new Publisher(settings.alertsTopic);

/**
 * Closes what nothing else will close, every five minutes: attempts that died, and ticks that should
 * have run by now and have neither a row nor a living attempt. Has backlogs caught up, and does again what
 * whoever should have done it died of. Then tells people: nobody else does, so that whoever has news may
 * die once it is in the ledger. Not a job itself: it takes no lock and leaves no row, since two at once do
 * no harm, and what it finds must not wait for a lease of its own.
 *
 * A healthy sweep costs four requests, one for a hundred locks, and one for a hundred ticks that are
 * not the last of their job.
 *
 * @throws StoreError where the store gave no answer; the next sweep begins where the last one ended
 */
export async function handler(_event: unknown, context: Context): Promise<SweepSummary> {
  log.resetKeys();
  log.appendKeys({ requestId: context.awsRequestId });
  announceEnvironment(log);
  try {
    return await sweepAll(Date.now());
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { trouble, elapsed, message } = error;
    log.error('not swept: store trouble', { reason: trouble, elapsed, cause: message });
    throw error;
  }
}

async function sweepAll(now: number): Promise<SweepSummary> {
  const { recalled, made: known } = await store.recall();
  const jobs = await jobsNow(known, now);
  const listed = new Set([...jobs.values()].map(({ limits }) => limits.lock));
  const [locks, untold, unfinished] = await Promise.all([
    store.readLocks([...new Set([...listed, ...recalled.locks])]),
    store.untold(),
    store.waitingRows(now - PATIENCE),
  ]);
  const summary = {
    jobs: [...jobs.values()].filter((job) => job.enabled).length, due: 0, closed: 0, missed: 0, crashed: 0, skipped: 0, waiting: 0, open: 0, told: 0,
  }; // biome-ignore format: one line reads better
  const going: Going = { now, recalled, jobs, locks, summary, closed: [], later: [] };
  const lost = lostRows([...untold.rows, ...unfinished], now);

  await freeAll(going);
  for (const [name, rows] of lost) {
    if (jobs.has(name)) continue;
    // What left the list has no function that could be called.
    for (const row of rows) await attempt(name, () => closeForGood(row, {}, contextOf(going)));
  }
  const remembered = await sweepJobs(lost, going);
  const over = await endPauses(going);
  const found = {
    now,
    recalled,
    locks,
    over,
    remembered: {
      jobs: Object.fromEntries(remembered),
      locks: [...new Set([...listed, ...usedOf(locks)])],
    },
    rows: [...untold.rows, ...going.closed],
    notes: untold.notes,
  };
  const { isBeaten, isOver, paused, overdue, told } = await endSweep(
    found,
    [...jobs.values()],
    store,
    {
      origin: { stack: settings.group, region: settings.region },
      publish: (message) => publisher.publish(message),
      clock: Date.now,
      log,
    },
  );
  if (isBeaten) log.info('another sweep was faster');
  // Otherwise the next sweep finds it in the rows.
  if (isOver) for (const work of going.later) await attempt('catch-up', work);
  summary.told = told;
  log.info('swept', { summary });
  countSweep(settings.group, { paused, overdue, alerts: told });
  return summary;
}

/** The list, and what was made at run time, without what is over. */
async function jobsNow(known: readonly Made[], now: number): Promise<Map<string, Deployed>> {
  const [over, kept] = [true, false].map((over) =>
    known.filter((one) => isOver(one, now) === over),
  );
  for (const one of over ?? []) await attempt(one.name, async () => void (await made.remove(one)));
  return new Map(withMade(PUNCTUAL_JOBS, kept ?? []).map((job) => [job.name, job]));
}

/** Whether a schedule of one time had it long ago. */
function isOver({ expressions, timeZone }: Made, now: number): boolean {
  const since = new Date(now - FORGOTTEN_AFTER);
  return expressions.every((one) => nextTick(one, timeZone, since) === undefined);
}

/** The rows whose next attempt was due a while ago, by job; under two keys of the index, a row may be there twice. */
function lostRows(rows: readonly Run[], now: number): Map<string, Run[]> {
  const due = new Date(now - PATIENCE).toISOString();
  const lost = rows.filter(({ retryAt }) => retryAt !== undefined && retryAt <= due);
  const each = new Map(lost.map((row) => [`${row.job} ${row.tick}`, row]));
  return Map.groupBy(each.values(), ({ job }) => job);
}

async function freeAll(going: Going): Promise<void> {
  const { jobs } = going;
  const rooms = new Map([...jobs.values()].map(({ limits }) => [limits.lock, limits.room]));
  for (const [name, lock] of going.locks) {
    const room = rooms.get(name) ?? 1;
    const jobOf = (job: string) => jobs.get(job);
    await attempt(name, () => freeOrphans(lock, room, jobOf, contextOf(going)));
  }
}

/** @returns how far it came with each job */
async function sweepJobs(
  lost: ReadonlyMap<string, Run[]>,
  going: Going,
): Promise<Map<string, Swept[]>> {
  const { now, recalled, jobs, locks, summary } = going;
  const remembered = new Map(Object.entries(recalled.jobs));
  const before = recalled.sweptAt === undefined ? now : Date.parse(recalled.sweptAt) - deploying;
  const dues = new Map<string, Due>();
  const asked: RowKey[] = [];
  for (const name of new Set([...jobs.keys(), ...remembered.keys()])) {
    await attempt(name, () => {
      const plan = jobs.get(name)?.enabled ? jobs.get(name) : undefined;
      const seen = remembered.get(name) ?? [];
      const due = dueTicks(plan, seen, now, before);
      if (due.cut) log.warn('older ticks not looked at', { job: name, sweptUntil: seen[0]?.until });
      // What a lock was given back for has its row, which was written before.
      const last = locks.get(jobs.get(name)?.limits.lock ?? name)?.last?.[name]?.tick;
      const ticks = [...new Set(due.ticks)].filter((tick) => tick !== last);
      asked.push(...ticks.map((tick) => ({ job: name, tick })));
      summary.due += due.ticks.length;
      dues.set(name, due);
    });
  }
  const silent = Map.groupBy(await store.withoutRow(asked), ({ job }) => job);
  for (const [name, { swept }] of dues) {
    const job = jobs.get(name) ?? { name, limits: leftTheList(name), payload: undefined };
    const withoutRow = (silent.get(name) ?? []).map(({ tick }) => tick);
    const waiting = jobs.has(name) ? (lost.get(name) ?? []) : [];
    summary.waiting += waiting.length;
    await attempt(name, async () => {
      const closed = new Set<Tick>();
      const context = contextOf(going, ({ tick }) => closed.add(tick));
      await sweep({ job, withoutRow, waiting }, locks.get(job.limits.lock), context);
      const open = withoutRow.filter((tick) => !closed.has(tick));
      summary.open += open.length;
      const left = holdAt(swept, open);
      // A job that is no longer scheduled is forgotten once it owes nothing.
      if (left.length > 0) remembered.set(name, left);
      else remembered.delete(name);
    });
  }
  return remembered;
}

/** Takes pauses out of their locks whose time is over; a run that came first may have done it. Keeps the others. */
async function endPauses({ now, jobs, locks }: Going): Promise<Map<string, Pause>> {
  const over = new Map<string, Pause>();
  for (const [name, pause] of pausesOf([...jobs.values()], locks)) {
    const lock = locks.get(jobs.get(name)?.limits.lock ?? name);
    if (pause.until === undefined || Date.parse(pause.until) > now) {
      if (lock?.expiresAt !== undefined && pause.by !== BREAKER)
        await attempt(name, () => store.keep(lock.lock, name));
      continue;
    }
    await attempt(name, async () => {
      if (!lock || !(await store.endPause(lock.lock, name, pause))) return;
      const { [name]: _, ...paused } = lock.paused;
      locks.set(lock.lock, { ...lock, paused });
      over.set(name, pause);
    });
  }
  return over;
}

/** A mistake in what is known of one job must not silence the others. */
async function attempt(name: string, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    log.error('job not swept', { job: name, cause: String(error) });
  }
}

function contextOf(going: Going, closed: (row: Run) => void = () => {}): SweepContext {
  const { summary } = going;
  return {
    ledger,
    dispatcher,
    clock: Date.now,
    turned: (turn) => tellTurned(log, turn),
    later: (work) => void going.later.push(work),
    closed: (row) => {
      closed(row);
      going.closed.push(row);
      summary.closed += 1;
      if (row.status in summary) summary[row.status as 'missed' | 'crashed' | 'skipped'] += 1;
      tellClosed(log, settings.group, row);
    },
  };
}

/** The locks that somebody holds, or waits for. */
function usedOf(locks: Map<string, Lock>): string[] {
  const isUsed = ({ holders, waiting }: Lock) =>
    Object.keys(holders).length + Object.keys(waiting).length > 0;
  return [...locks].filter(([, lock]) => isUsed(lock)).map(([name]) => name);
}
