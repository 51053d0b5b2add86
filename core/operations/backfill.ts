import type { Outcome, Run } from '../run/states.ts';
import type { AttemptView } from './attempt-view.ts';
import type { Step } from './backfill-plan.ts';

/** How a tick of a backfill ended. */
export type Ended = Pick<Run, 'tick' | 'status' | 'reason' | 'attempt' | 'retryAt' | 'error'>;

export interface BackfillContext {
  /**
   * Delivers, and waits for the answer: `not begun` where others were always faster at the lock, or the
   * store could not be used; `undefined` where none came, or the function failed.
   */
  call(step: Step): Promise<Outcome | 'not begun' | undefined>;
  view(step: Step): Promise<AttemptView>;
  /** Resolves once the job has room for a run, or nobody waits for it any more. */
  room(): Promise<void>;
  /** Between two looks at a run that somebody else makes, or two tries to begin one; longer from one to the next. */
  wait(count: number): Promise<void>;
  /** Aborted where nothing new shall begin. */
  signal: AbortSignal;
  ended(end: Ended): void;
}

/** The job was paused meanwhile: every further tick would be skipped. */
export class Paused extends Error {
  override readonly name = 'Paused';
}

/** So often an attempt that left no trace is looked for before it is delivered again. */
const LOOKS = 5;

/**
 * Runs ticks, so many at once, each to the end of its attempt. What runs is let finish where the signal
 * says so, or where one could not be delivered.
 *
 * @throws Paused
 * @throws whatever `call` and `view` throw, once the others are done
 */
export async function backfill(
  steps: Iterable<Step>,
  concurrency: number,
  context: BackfillContext,
): Promise<void> {
  const { signal, ended } = context;
  const left = steps[Symbol.iterator]();
  const trouble: unknown[] = [];
  async function work(): Promise<void> {
    while (!signal.aborted && trouble.length === 0) {
      const { value: step, done } = left.next();
      if (done) return;
      const end = await runToEnd(step, context);
      if (end) ended(end);
    }
  }
  const workers = Array.from({ length: concurrency }, () =>
    work().catch((error) => void trouble.push(error)),
  );
  await Promise.all(workers);
  if (trouble.length > 0) throw trouble[0];
}

/** `undefined` where it was put off. */
async function runToEnd(step: Step, context: BackfillContext): Promise<Ended | undefined> {
  let { tick, attempt } = step;
  for (;;) {
    const end = await runAttempt({ tick, attempt }, context);
    if (end?.reason === 'paused') throw new Paused(`${tick} was skipped: the job is paused`);
    // Another run of the job was in the way, or took its place: it is not this tick's fault.
    if (!end || !isCrowdedOut(end)) return end;
    await context.room();
    if (context.signal.aborted) return undefined;
    attempt = end.attempt + 1;
  }
}

function isCrowdedOut({ status, reason }: Ended): boolean {
  return status === 'skipped' && (reason === 'overlap' || reason === 'superseded');
}

async function runAttempt(step: Step, context: BackfillContext): Promise<Ended | undefined> {
  for (let tries = 1; ; tries++) {
    const outcome = await context.call(step);
    if (outcome === 'not begun') {
      if (context.signal.aborted) return undefined;
      await context.wait(tries);
      continue;
    }
    if (outcome && isEnd(outcome)) return outcome;
    // It waits, or another delivery of it is at work, or nobody knows: its row will say.
    let nowhere = 0;
    for (let looks = 1; nowhere < LOOKS; looks++) {
      const view = await context.view(step);
      if (view.row) return view.row;
      // What waits gets its turn by itself, with nobody to see it.
      if (view.state !== 'running' && context.signal.aborted) return undefined;
      nowhere = view.state === 'nowhere' ? nowhere + 1 : 0;
      await context.wait(looks);
    }
  }
}

function isEnd(outcome: Outcome): outcome is Outcome & Ended {
  return outcome.status !== 'duplicate' && outcome.status !== 'waiting';
}

/** How many ticks ended how, in words: `succeeded`, `failed`, `failed, to be tried again`. */
export function countEnds(ends: Iterable<Ended>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { status, reason, retryAt } of ends) {
    const why = reason ? `: ${reason}` : '';
    const what = `${status}${why}${retryAt === undefined ? '' : ', to be tried again'}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

/** Whether there is nothing left to mend: it succeeded, or its code had nothing to do. */
export function isGood({ status, reason }: Ended): boolean {
  return status === 'succeeded' || reason === 'declined';
}
