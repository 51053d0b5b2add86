import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { schedules } from '#schedules';
import { StoreError } from '../../core/ledger/errors.ts';
import { dueTicks, holdAt, type Swept } from '../../core/run/expected.ts';
import type { Run } from '../../core/run/states.ts';
import { sweep } from '../../core/run/sweep.ts';
import { type Job, resolveJob } from '../../core/schedule/resolve.ts';
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

/** The list as it was deployed: the bundle has it, so that no request is spent on asking for it. */
const jobs = Object.entries(schedules)
  .map(([name, settings]) => resolveJob(name, settings))
  .filter(({ enabled }) => enabled);
const log = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { ledger, store } = connectSweeper(readTables(process.env), log);

/**
 * Closes the ticks that nothing else will close, every five minutes: what should have run by now
 * and has neither a row nor a living attempt. Not a job itself: it takes no lock and leaves no row,
 * since two at once do no harm, and what it finds must not wait for a lease of its own.
 *
 * A healthy sweep costs two requests and one for each job that had ticks.
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
  const summary = { jobs: jobs.length, due: 0, closed: 0, missed: 0, crashed: 0, open: 0 };
  const swept: Record<string, Swept> = {};
  for (const job of jobs) {
    const found = await sweepJob(job, recalled.jobs[job.name], now);
    swept[job.name] = found.swept;
    summary.due += found.due;
    summary.closed += found.closed.length;
    summary.missed += found.closed.filter(({ status }) => status === 'missed').length;
    summary.crashed += found.closed.filter(({ status }) => status === 'crashed').length;
    summary.open += found.open.length;
  }
  // The other sweep closed what it found and remembers how far it came; this one did the same work.
  if (!(await store.remember(swept, recalled))) log.info('another sweep was faster');
  log.info('swept', { summary });
  return summary;
}

async function sweepJob(job: Job, seen: Swept | undefined, now: number) {
  const { ticks, swept, cut } = dueTicks(job, seen, now);
  if (cut) log.warn('older ticks not looked at', { job: job.name, sweptUntil: seen?.until });
  const withoutRow = ticks.length > 0 ? await store.withoutRow(job.name, ticks) : [];
  // The lock is read only now: a job whose ticks all have their rows costs the one query.
  const closed =
    withoutRow.length > 0
      ? await sweep({ job: job.name, lock: job.name, withoutRow, now }, ledger)
      : [];
  for (const row of closed) report(row);
  const open = withoutRow.filter((tick) => !closed.some((row) => row.tick === tick));
  return { due: ticks.length, closed, open, swept: holdAt(swept, open) };
}

function report(row: Run): void {
  const { job, tick, status, reason } = row;
  log.error(`run ${status}`, { job, tick, status, reason });
  // When a dead attempt ended is not known: only that it did.
  countOutcome(createMetrics(job), { ...row, startedAt: undefined });
}
