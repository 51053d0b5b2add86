import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../../core/operations/actions.ts';
import { viewAttempt } from '../../core/operations/attempt-view.ts';
import { backfill, countEnds, type Ended, isGood, Paused } from '../../core/operations/backfill.ts';
import {
  type Order,
  planBackfill,
  type Rerun,
  type Step,
} from '../../core/operations/backfill-plan.ts';
import { finalize } from '../../core/run/finalize.ts';
import type { Deployed } from '../../core/run/limits.ts';
import { isInForce } from '../../core/run/pause.ts';
import { isDead } from '../../core/run/seal.ts';
import { tickOf } from '../../core/run/tick.ts';
import { ticksOfAll } from '../../core/schedule/ticks.ts';
import { contextOf, noteOnce } from '../act.ts';
import { Caller } from '../caller.ts';
import { confirm } from '../confirm.ts';
import type { Connection } from '../connection.ts';
import { jobIn } from '../named.ts';
import type { Out } from '../out.ts';
import { Misuse } from '../problem.ts';
import { startProgress } from '../progress.ts';
import { stopSignal } from '../stop.ts';

interface Options {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  order: Order;
  concurrency: number;
  rerun: Rerun;
  dryRun?: boolean;
  yes?: boolean;
  reason?: string;
}

/** More than these are asked about. */
const MANY = 100;

/** More than these ticks, with their rows, are more than one process should hold, or one night can run. */
const MOST = 100_000;

/** Milliseconds between two looks at what somebody else does. */
const LOOK_EVERY = 500;
const LOOK_SELDOM = 5_000;

/** `punctual backfill`. */
export async function run(
  connection: Connection,
  [name = '']: readonly string[],
  options: Options,
  out: Out,
): Promise<number> {
  const job = jobIn(name, connection.jobs);
  const { ticks, steps } = await planned(job, options, connection);
  const { from, to, dryRun, yes, reason } = options;
  const span = `${name} from ${tickOf(from)} to ${tickOf(to)}`;
  const asked = { job: name, ticks: ticks.length, planned: steps.length };
  if (dryRun || steps.length === 0) {
    out.answer({ ...asked, dryRun: true, steps }, () => {
      for (const { tick, attempt } of steps)
        out.line(attempt > 1 ? `${tick}, attempt ${attempt}` : tick);
    });
    out.note(`${steps.length} of ${ticks.length} ticks of ${span} would run`);
    return 0;
  }
  const pause = (await connection.ledger.readLock(job.limits.lock))?.paused[name];
  if (pause && isInForce(pause, await connection.now()))
    throw new Refused(`${name} is paused by ${pause.by} since ${pause.since}: resume it first`);
  if (steps.length > MANY) await confirm(`${steps.length} ticks of ${span} will run`, { yes });

  const write = await noteOnce(connection, 'backfill', name, reason);
  await write(`began to run ${steps.length} ticks of ${span}`);
  const { ends, why } = await runAll(job, steps, options, connection, out);
  const counts = [...countEnds(ends)].map(([what, count]) => `${count} ${what}`);
  const summary = `${ends.length} of ${steps.length} ticks of ${span} ran: ${counts.join(', ') || 'none'}`;
  await write(why ? `${summary}; ${why}` : summary);
  out.answer(
    { ...asked, ran: ends.length, ends: Object.fromEntries(countEnds(ends)), stopped: why },
    () => out.line(summary),
  );
  if (why) out.note(`${why}; the same command takes it up again: what has a row is not run twice`);
  return !why && ends.every(isGood) ? 0 : 1;
}

/** The ticks of the time, and those of them that are to run. */
async function planned(
  { name, expressions, timeZone }: Deployed,
  { from, to, order, rerun }: Options,
  { store, now }: Connection,
): Promise<{ ticks: string[]; steps: Step[] }> {
  const end = Math.min(to, await now());
  if (from >= end) throw new Misuse('--from must be before --to, and past');
  if (expressions.some((expression) => expression.startsWith('rate(')))
    throw new Refused(
      `${name} runs at a rate, whose ticks EventBridge chooses: which they were is not known; trigger it instead`,
    );
  const ticks = ticksOfAll(expressions, timeZone, new Date(from), new Date(end), MOST + 1);
  if (ticks.length > MOST)
    throw new Refused(`${name} had more than ${MOST} ticks in that time: take a shorter span`);
  const rows = new Map();
  for await (const page of store.rowsBetween(name, tickOf(from), tickOf(end + 60_000)))
    for (const row of page) rows.set(row.tick, row);
  return { ticks, steps: planBackfill(ticks, rows, { order, rerun }) };
}

/** @returns how the ticks ended that ran, and why not all did */
async function runAll(
  { name, payload, limits, timeout }: Deployed,
  steps: readonly Step[],
  { concurrency }: Options,
  connection: Connection,
  out: Out,
): Promise<{ ends: Ended[]; why?: string }> {
  const { settings, ledger, now } = connection;
  const most = Math.min(concurrency, limits.concurrency, limits.room);
  if (most < concurrency) out.note(`${name} runs at most ${most} at once, and so does this`);
  const ends: Ended[] = [];
  let bad = 0;
  const progress = await startProgress(steps.length, out);
  const caller = new Caller(settings.functions, timeout, most);
  const { signal, release } = stopSignal(() =>
    out.note('\nstopping: what runs is let finish; Ctrl-C once more ends at once'),
  );
  const trigger = 'backfill' as const;
  let isSaid = false;
  const notBegun = (why: string) => {
    if (!isSaid) out.note(`\n${name} is kept from running, and tried again: ${why}`);
    isSaid = true;
    return 'not begun' as const;
  };
  const view = ({ tick, attempt }: Step) => viewAttempt(name, tick, attempt, limits.lock, ledger);
  try {
    await backfill(steps, most, {
      async call({ tick, attempt }) {
        const what = { job: name, scheduledTime: tick, trigger, attempt };
        const event = { ...what, payload, ownPayload: false };
        const answer = await caller.call(event, now);
        if (answer && 'outcome' in answer) return answer.outcome;
        // Nobody else hears of it; what can not be closed now is the sweeper's.
        if (!answer) return undefined;
        const { how, error } = answer.failure;
        // As the finalizer would, it would be closed as missed; but nothing ran, and somebody is here to try again.
        if (how === 'threw' && error.name === 'StoreError') {
          const seen = await view({ tick, attempt });
          if (!seen.row && seen.state === 'nowhere') return notBegun(error.message);
        }
        // Anew each time: the local cloud's clock is faster than this machine's.
        const context = await contextOf(connection);
        await finalize(answer.failure, limits, context).catch(giveUp);
        return undefined;
      },
      view,
      async room() {
        for (let looks = 1; !signal.aborted; looks++) {
          await rest(looks, signal);
          const { holders = {} } = (await ledger.readLock(limits.lock)) ?? {};
          const at = await now();
          const live = Object.values(holders).filter((holder) => !isDead(holder, at));
          const own = live.filter(({ job }) => job === name);
          if (live.length < limits.room && own.length < limits.concurrency) return;
        }
      },
      wait: (looks) => rest(looks, signal),
      signal,
      ended(end) {
        ends.push(end);
        if (!isGood(end)) bad += 1;
        progress.step(bad);
      },
    });
    return { ends, ...(signal.aborted && { why: 'stopped' }) };
  } catch (error) {
    if (error instanceof Paused) return { ends, why: `${name} is paused; resume it first` };
    throw error;
  } finally {
    progress.stop();
    release();
    caller.close();
  }
}

/** @throws what is no trouble of the cloud */
function giveUp(error: Error): void {
  if (!['NotYet', 'StoreError', 'DispatchError'].includes(error.name)) throw error;
}

/** Longer from look to look; a stop is looked at soon. */
function rest(looks: number, signal: AbortSignal): Promise<void> {
  return sleep(signal.aborted ? LOOK_EVERY : Math.min(LOOK_EVERY * looks, LOOK_SELDOM));
}
