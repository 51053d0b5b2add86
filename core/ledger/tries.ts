import { StoreError, troubleOf } from './errors.ts';

/** What a ledger needs of its surroundings; all of it can be set, so that tests need not wait. */
export interface Surroundings {
  sleep(ms: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Milliseconds since 1970. */
  clock(): number;
  log: { warn(message: string, extra: Record<string, unknown>): void };
  /** Told of each request that is about to be sent again. */
  retried?(): void;
}

const TRIES = 5;
const FIRST_WAIT_MS = 250;

/**
 * Sends one request up to five times, waiting between tries with full jitter (a random part of
 * 250 ms, 500 ms, 1 s, 2 s), so that many callers hit by one blip do not come back together.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 *
 * Each failed try is one log line with its kind and elapsed time. The same request is sent again,
 * token and all: an earlier try may have been applied and only its answer lost.
 *
 * @throws StoreError after the last try, or at once where trying again can not help
 */
export async function withTries<T>(
  what: string,
  send: () => Promise<T>,
  { sleep, random, clock, log, retried }: Surroundings,
): Promise<T> {
  const started = clock();
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      const elapsed = clock() - started;
      const cause = inOneLine(error);
      log.warn('store try failed', { request: what, trouble, tries, elapsed, cause });
      if (tries === TRIES || trouble === 'denied') {
        const after = tries === 1 ? '1 try' : `${tries} tries in ${elapsed} ms`;
        const message = `${what}: ${trouble} after ${after}; ${cause}`;
        throw new StoreError(trouble, message, { elapsed, cause: error });
      }
      await sleep(random() * FIRST_WAIT_MS * 2 ** (tries - 1));
      retried?.();
    }
  }
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Waits before the next round for a lock, with full jitter too: of many that lose together and come
 * back together, one would win each time.
 *
 * @param lost how many rounds were lost, 1 or more
 */
export function pauseBetweenRounds(
  lost: number,
  { sleep, random }: Pick<Surroundings, 'sleep' | 'random'>,
): Promise<void> {
  return sleep(random() * Math.min(FIRST_PAUSE_MS * 2 ** (lost - 1), LONGEST_PAUSE_MS));
}

/** What a person needs to know of it; the SDK adds hints for its developers in further lines. */
function inOneLine(error: unknown): string {
  const [line] = String(error).split('\n');
  return line ?? '';
}
