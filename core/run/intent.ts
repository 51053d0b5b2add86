import { type Duration, toMs } from '../schedule/duration.ts';

/*
 * What a job's code may throw to say what is to follow. Anything else that it throws is a failure,
 * which is tried again after the delays of the job's `retry`.
 */

/** Failed for good: trying again can not help. */
export class DoNotRetry extends Error {
  override readonly name = 'DoNotRetry';
}

/**
 * Failed, and to be tried again after this long instead of the next delay of the list: a service
 * said when it will be back. It adds no attempts: after the last of the list it has failed for good.
 */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter';
  /** Milliseconds. Less than a minute is taken for one, since EventBridge fires by the minute; more than a day for a day. */
  readonly delay: number;

  /** @throws RangeError where `delay` is no duration */
  constructor(
    delay: Duration,
    message = `to be tried again after ${delay}`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.delay = toMs(delay);
  }
}

/** There is nothing to do for this tick: it ends as `skipped: declined`, which is no failure. */
export class SkipTick extends Error {
  override readonly name = 'SkipTick';
}
