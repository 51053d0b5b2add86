import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { StoreError } from '../../core/ledger/errors.ts';
import type { Lock } from '../../core/ledger/ledger.ts';
import { dueTicks, holdAt, type Swept } from '../../core/run/expected.ts';
import { type Deployed, leftTheList } from '../../core/run/limits.ts';
import type { Run } from '../../core/run/states.ts';
import { PATIENCE, sweep } from '../../core/run/sweep.ts';
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
  const names = new Set([...jobs.keys(), ...remembered.keys()]);
  const limitsOf = (name: string) => jobs.get(name)?.limits ?? leftTheList(name);
  const locks = await store.readLocks([...new Set([...names].map((name) => limitsOf(name).lock))]);
  const waiting = Map.groupBy(await store.waitingRows(now - PATIENCE), ({ job }) => job);
  for (const name of names) {
    const job = jobs.get(name) ?? { name, limits: limitsOf(name), payload: undefined };
    const plan = jobs.get(name)?.enabled ? jobs.get(name) : undefined;
    const lock = locks.get(job.limits.lock);
    try {
      // What left the list has no function that could be called.
      const lost = jobs.has(name) ? (waiting.get(name) ?? []) : [];
      const swept = await sweepJob(job, plan, remembered.get(name) ?? [], lost, lock, now, summary);
      // A job that is no longer scheduled is forgotten once it owes nothing and holds nothing.
      if (swept.length > 0 || isHeld(lock)) remembered.set(name, swept);
      else remembered.delete(name);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      // A mistake in what is known of one job must not silence the others.
      log.error('job not swept', { job: name, cause: String(error) });
    }
  }
  // The other sweep closed what it found and remembers how far it came; this one did the same work.
  const isMine = await store.remember(Object.fromEntries(remembered), recalled);
  if (!isMine) log.info('another sweep was faster');
  log.info('swept', { summary });
  return summary;
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
  await sweep({ job, withoutRow, waiting }, lock, {
    ledger,
    dispatcher,
    clock: Date.now,
    alert: (alert) => tellAlert(log, alert),
    closed: (row) => {
      closed.add(row.tick);
      summary.closed += 1;
      summary[row.status as 'missed' | 'crashed' | 'skipped'] += 1;
      tellClosed(log, row);
    },
  });
  const open = withoutRow.filter((tick) => !closed.has(tick));
  summary.open += open.length;
  return holdAt(swept, open);
}

function isHeld(lock: Lock | undefined): boolean {
  return Object.keys(lock?.holders ?? {}).length > 0;
}
