import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { StoreError } from '../../core/ledger/errors.ts';
import type { Lock } from '../../core/ledger/ledger.ts';
import { dueTicks, type Expected, holdAt, type Swept } from '../../core/run/expected.ts';
import type { Run } from '../../core/run/states.ts';
import { sweep } from '../../core/run/sweep.ts';
import type { Tick } from '../../core/run/tick.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { connectSweeper } from '../runtime/ledger.ts';
import { countOutcome, createMetrics } from '../runtime/metrics.ts';
import { readTables } from '../runtime/settings.ts';

/** What one sweep came to. */
export interface SweepSummary {
  /** Enabled jobs of the list. */
  jobs: number;
  /** Ticks that should have had a row. */
  due: number;
  /** Rows it closed: `missed` and `crashed` together. */
  closed: number;
  missed: number;
  crashed: number;
  /** Ticks without a row whose attempt still lives; the next sweep looks at them again. */
  open: number;
}

/**
 * The list as it was synthesized: the bundler writes it in, so that no request is spent on asking for
 * it, and so that it is what was deployed also where the list depends on where it is evaluated.
 */
declare const PUNCTUAL_JOBS: readonly Expected[];

const log = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { ledger, store } = connectSweeper(readTables(process.env), log);

/**
 * Closes what nothing else will close, every five minutes: attempts that died, and ticks that should
 * have run by now and have neither a row nor a living attempt. Not a job itself: it takes no lock and
 * leaves no row, since two at once do no harm, and what it finds must not wait for a lease of its own.
 *
 * A healthy sweep costs two requests, one for a hundred locks, and one for each job that had ticks.
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
  const enabled = new Map(PUNCTUAL_JOBS.filter((job) => job.enabled).map((job) => [job.name, job]));
  const summary = { jobs: enabled.size, due: 0, closed: 0, missed: 0, crashed: 0, open: 0 };
  const remembered = new Map(Object.entries(recalled.jobs));
  const names = new Set([...PUNCTUAL_JOBS.map(({ name }) => name), ...remembered.keys()]);
  const locks = await store.readLocks([...names]);
  for (const name of names) {
    const seen = remembered.get(name) ?? [];
    try {
      const swept = await sweepJob(name, enabled.get(name), seen, locks.get(name), now, summary);
      // A job that is no longer scheduled is forgotten once it owes nothing and holds nothing.
      if (swept.length > 0 || isHeld(locks.get(name))) remembered.set(name, swept);
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
  job: string,
  plan: Expected | undefined,
  seen: readonly Swept[],
  lock: Lock | undefined,
  now: number,
  summary: SweepSummary,
): Promise<Swept[]> {
  const { ticks, swept, cut } = dueTicks(plan, seen, now);
  if (cut) log.warn('older ticks not looked at', { job, sweptUntil: seen[0]?.until });
  summary.due += ticks.length;
  const withoutRow = ticks.length > 0 ? await store.withoutRow(job, ticks) : [];
  const closed = new Set<Tick>();
  await sweep({ job, lock: job, withoutRow, now }, lock, ledger, (row) => {
    closed.add(row.tick);
    summary.closed += 1;
    summary[row.status as 'missed' | 'crashed'] += 1;
    report(row);
  });
  const open = withoutRow.filter((tick) => !closed.has(tick));
  summary.open += open.length;
  return holdAt(swept, open);
}

function isHeld(lock: Lock | undefined): boolean {
  return Object.keys(lock?.holders ?? {}).length > 0;
}

function report(row: Run): void {
  const { job, tick, status, reason } = row;
  log.error(`run ${status}`, { job, tick, status, reason });
  // When a dead attempt ended is not known: only that it did.
  countOutcome(createMetrics(job), { ...row, startedAt: undefined });
}
