import { setTimeout as sleep } from 'node:timers/promises';
import { viewAttempt } from '../core/operations/attempt-view.ts';
import type { Deployed } from '../core/run/limits.ts';
import type { Run } from '../core/run/states.ts';
import type { Tick } from '../core/run/tick.ts';
import { MINUTE } from '../core/schedule/duration.ts';
import type { Connection } from './connection.ts';
import type { Out } from './out.ts';
import { Failed } from './problem.ts';

/** Milliseconds between two looks, doubled from the first to the longest. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 2_000;

/** How long an attempt may be nowhere to be seen, in milliseconds of the cloud's time. */
const PATIENCE = 15 * MINUTE;

/**
 * Follows a run to its end, its retries included; says where it is, once.
 *
 * @param attempt that was asked for
 * @returns its last row
 * @throws Failed where no trace of it is found for a quarter of an hour
 */
export async function follow(
  { name, limits }: Deployed,
  tick: Tick,
  attempt: number,
  { ledger, now }: Connection,
  out: Out,
): Promise<Run> {
  let said = '';
  const say = (text: string) => {
    if (text !== said) out.note(text);
    said = text;
  };
  let next = attempt;
  let seenAt = await now();
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const view = await viewAttempt(name, tick, next, limits.lock, ledger);
    if (view.row && view.row.retryAt === undefined) return view.row;
    if (view.row) {
      const { status, error, retryAt } = view.row;
      say(`attempt ${view.row.attempt} ${status}${cause(error)}; the next follows at ${retryAt}`);
      next = view.row.attempt + 1;
      seenAt = Math.max(await now(), Date.parse(retryAt ?? ''));
      wait = FIRST_WAIT;
    } else if (view.state !== 'nowhere') {
      say(view.state === 'running' ? `attempt ${next} runs` : `attempt ${next} waits for its turn`);
      seenAt = await now();
    } else if ((await now()) > seenAt + PATIENCE) {
      throw new Failed(`nothing is known of attempt ${next} of ${name} ${tick}: look at its logs`);
    }
    await sleep(wait);
  }
}

/** Says how a run ended. @returns the exit code: what was declined has not failed */
export function sayEnd(run: Run, out: Out): number {
  const { job, tick, status, reason, attempt, startedAt, finishedAt, output, error } = run;
  const took = startedAt ? ` in ${Date.parse(finishedAt) - Date.parse(startedAt)} ms` : '';
  const why = reason ? `: ${reason}` : '';
  out.answer(run, () => {
    out.line(`${job} ${tick} ${status}${why}${took}, attempt ${attempt}${cause(error)}`);
    if (output !== undefined) out.line(JSON.stringify(output));
  });
  return status === 'succeeded' || reason === 'declined' ? 0 : 1;
}

function cause(error: Run['error']): string {
  return error ? `: ${error.name}: ${error.message}` : '';
}
