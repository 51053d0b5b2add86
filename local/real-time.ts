/** Where real time comes from. Tests bring their own, so that none of them sleeps. */
export interface RealTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `then` once after `ms` real milliseconds; the answer calls it off. */
  wake(ms: number, then: () => void): () => void;
}

/** setTimeout fires at once for anything longer, so a longer wait is cut into pieces by the clock. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realTime: RealTime = {
  now: Date.now,
  wake(ms, then) {
    if (ms <= 0) {
      // setTimeout(..., 0) waits a millisecond, thousands of times in a simulated day.
      const immediate = setImmediate(then);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(then, Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
