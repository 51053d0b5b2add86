import { SkipTick } from './intent.ts';
import { runError } from './run-error.ts';
import type { RunError } from './states.ts';

/** How an attempt's code ended. */
export type Ending =
  | { status: 'succeeded'; output: unknown }
  /** `thrown` may say what is to follow. */
  | { status: 'failed'; error: RunError; thrown: unknown }
  /** It threw `SkipTick`. */
  | { status: 'skipped'; error: RunError }
  /** `settled` resolves when the code stops at last, which may be never. */
  | { status: 'timed_out'; error: RunError; settled: Promise<void> };

/** Timers, so that a test or a model need not wait. */
export interface Timers {
  /** Calls back after so many milliseconds; the answer cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** The share of the remaining time that is kept for stopping, and its bounds in milliseconds. */
const STOPPING_SHARE = 0.1;
const SHORTEST_STOPPING = 500;
const LONGEST_STOPPING = 10_000;

/**
 * Runs an author's function against a deadline. Its signal fires shortly before (a tenth of the
 * time, 0.5 to 10 seconds); half of that later the attempt is given up, so that there is time left to
 * record it.
 *
 * What returns after the signal has succeeded: the author decided that a part is enough. What
 * throws after it has timed out, unless it says that there is nothing to do.
 *
 * @param remaining milliseconds until Lambda kills the attempt
 */
export async function runAttempt(
  code: (signal: AbortSignal) => Promise<unknown>,
  remaining: number,
  timers: Timers,
): Promise<Ending> {
  const stopping = Math.min(
    Math.max(remaining * STOPPING_SHARE, SHORTEST_STOPPING),
    LONGEST_STOPPING,
  );
  const controller = new AbortController();
  const { signal } = controller;
  const tooLong = timeoutError(remaining);
  const ended = endingOf(code, signal, tooLong);

  // Armed before the give-up: where the deadline is here already, the code still hears its signal first.
  const cancelSignal = timers.after(remaining - stopping, () => controller.abort(asError(tooLong)));
  let cancelGiveUp = () => {};
  const givenUp = new Promise<Ending>((resolve) => {
    const settled = ended.then(() => {});
    cancelGiveUp = timers.after(remaining - stopping / 2, () =>
      resolve({ status: 'timed_out', error: tooLong, settled }),
    );
  });
  try {
    return await Promise.race([ended, givenUp]);
  } finally {
    cancelSignal();
    cancelGiveUp();
  }
}

async function endingOf(
  code: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
  tooLong: RunError,
): Promise<Ending> {
  try {
    return { status: 'succeeded', output: await code(signal) };
  } catch (thrown) {
    if (thrown instanceof SkipTick) return { status: 'skipped', error: errorOf(thrown) };
    if (!signal.aborted) return { status: 'failed', error: errorOf(thrown), thrown };
    return { status: 'timed_out', error: tooLong, settled: Promise.resolve() };
  }
}

function timeoutError(remaining: number): RunError {
  return {
    name: 'TimeoutError',
    message: `not done within ${(remaining / 1000).toFixed(1)} seconds`,
  };
}

function asError({ name, message }: RunError): Error {
  return Object.assign(new Error(message), { name });
}

/** What was thrown, which in JavaScript may be anything, even what can not be shown. */
function errorOf(thrown: unknown): RunError {
  try {
    return thrown instanceof Error
      ? runError(thrown.name, thrown.message)
      : runError('Error', `thrown: ${String(thrown)}`);
  } catch {
    return { name: 'Error', message: 'thrown: something that can not be shown' };
  }
}
