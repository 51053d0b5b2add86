import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { StoreError } from '../../core/ledger/errors.ts';
import type { Lock } from '../../core/ledger/ledger.ts';
import { dueTicks, holdAt, type Swept } from '../../core/run/expected.ts';
import type { FinalizeContext } from '../../core/run/finalize.ts';
import { type Deployed, leftTheList } from '../../core/run/limits.ts';
import { freeOrphans } from '../../core/run/orphans.ts';
import type { Run } from '../../core/run/states.ts';
import { closeForGood, PATIENCE, sweep } from '../../core/run/sweep.ts';
import type { Tick } from '../../core/run/tick.ts';
import { AwsDispatcher } from '../runtime/dispatcher.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { connectSweeper } from '../runtime/ledger.ts';
import { readOperator } from '../runtime/settings.ts';
import { tellAlert, tellClosed } from '../runtime/tell.ts';

/** What one sweep came to. */
export interface SweepSummary {
  /** Enabled jobs of the list. */
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
}

/**
 * The list as it was synthesized: the bundler writes it in, so that no request is spent on asking for
 * it, and so that it is what was deployed also where the list depends on where it is evaluated.
 */
declare const PUNCTUAL_JOBS: readonly Deployed[];

const settings = readOperator(process.env);
const log = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { ledger, store } = connectSweeper(settings, log);
const dispatcher = new AwsDispatcher(settings);

/**
 * Closes what nothing else will close, every five minutes: attempts that died, and ticks that should
 * have run by now and have neither a row nor a living attempt. Has backlogs caught up, and does again what
 * whoever should have done it died of. Not a job itself: it takes no lock and leaves no row, since two
 * at once do no harm, and what it finds must not wait for a lease of its own.
 *
 * A healthy sweep costs three requests, one for a hundred locks, and one for each job that had ticks.
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
  const recalled = await store.recall();
  const jobs = new Map(PUNCTUAL_JOBS.map((job) => [job.name, job]));
  const enabled = PUNCTUAL_JOBS.filter((job) => job.enabled).length;
  const summary = {
    jobs: enabled, due: 0, closed: 0, missed: 0, crashed: 0, skipped: 0, waiting: 0, open: 0,
  }; // biome-ignore format: one line reads better
  const remembered = new Map(Object.entries(recalled.jobs));
  const listed = new Set(PUNCTUAL_JOBS.map(({ limits }) => limits.lock));
  const locks = await store.readLocks([...new Set([...listed, ...recalled.locks])]);

  for (const [name, lock] of locks) {
    const room = PUNCTUAL_JOBS.find(({ limits }) => limits.lock === name)?.limits.room ?? 1;
    const jobOf = (job: string) => jobs.get(job);
    await attempt(name, () => freeOrphans(lock, room, jobOf, contextOf(summary)));
  }
  const waiting = Map.groupBy(await store.waitingRows(now - PATIENCE), ({ job }) => job);
  for (const [name, rows] of waiting) {
    if (jobs.has(name)) continue;
    // What left the list has no function that could be called.
    for (const row of rows) await attempt(name, () => closeForGood(row, {}, contextOf(summary)));
  }
  for (const name of new Set([...jobs.keys(), ...remembered.keys()])) {
    const job = jobs.get(name) ?? { name, limits: leftTheList(name), payload: undefined };
    const plan = jobs.get(name)?.enabled ? jobs.get(name) : undefined;
    const lost = jobs.has(name) ? (waiting.get(name) ?? []) : [];
    await attempt(name, async () => {
      const seen = remembered.get(name) ?? [];
      const lock = locks.get(job.limits.lock);
      const swept = await sweepJob(job, plan, seen, lost, lock, now, summary);
      // A job that is no longer scheduled is forgotten once it owes nothing.
      if (swept.length > 0) remembered.set(name, swept);
      else remembered.delete(name);
    });
  }
  const memory = {
    jobs: Object.fromEntries(remembered),
    locks: [...new Set([...listed, ...usedOf(locks)])],
  };
  // The other sweep closed what it found and remembers how far it came; this one did the same work.
  const isMine = await store.remember(memory, recalled);
  if (!isMine) log.info('another sweep was faster');
  log.info('swept', { summary });
  return summary;
}

/** A mistake in what is known of one job must not silence the others. */
async function attempt(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    log.error('job not swept', { job: name, cause: String(error) });
  }
}

function contextOf(summary: SweepSummary, closed = new Set<Tick>()): FinalizeContext {
  return {
    ledger,
    dispatcher,
    clock: Date.now,
    alert: (alert) => tellAlert(log, alert),
    closed: (row) => {
      closed.add(row.tick);
      summary.closed += 1;
      if (row.status in summary) summary[row.status as 'missed' | 'crashed' | 'skipped'] += 1;
      tellClosed(log, row);
    },
  };
}

async function sweepJob(
  job: Pick<Deployed, 'name' | 'limits' | 'payload'>,
  plan: Deployed | undefined,
  seen: readonly Swept[],
  waiting: readonly Run[],
  lock: Lock | undefined,
  now: number,
  summary: SweepSummary,
): Promise<Swept[]> {
  const { ticks, swept, cut } = dueTicks(plan, seen, now);
  if (cut) log.warn('older ticks not looked at', { job: job.name, sweptUntil: seen[0]?.until });
  summary.due += ticks.length;
  summary.waiting += waiting.length;
  const withoutRow = ticks.length > 0 ? await store.withoutRow(job.name, ticks) : [];
  const closed = new Set<Tick>();
  await sweep({ job, withoutRow, waiting }, lock, contextOf(summary, closed));
  const open = withoutRow.filter((tick) => !closed.has(tick));
  summary.open += open.length;
  return holdAt(swept, open);
}

/** The locks that somebody holds, or waits for. */
function usedOf(locks: Map<string, Lock>): string[] {
  const isUsed = ({ holders, waiting }: Lock) =>
    Object.keys(holders).length + Object.keys(waiting).length > 0;
  return [...locks].filter(([, lock]) => isUsed(lock)).map(([name]) => name);
}
