import { closest } from 'fastest-levenshtein';
import { DAY, type Duration, MINUTE } from './duration.ts';
import { ScheduleError } from './error.ts';
import type { Retry } from './settings.ts';
import { durationMs, shown } from './values.ts';

const DEFAULT: readonly Duration[] = [
  '1 minute',
  '5 minutes',
  '15 minutes',
  '30 minutes',
  '60 minutes',
];
const MOST_DELAYS = 20;
const SETTINGS: Record<keyof Retry, true> = { delays: true };

/**
 * The milliseconds to wait after the first failed attempt, after the second, and so on.
 *
 * @throws ScheduleError
 */
export function retryDelays(job: string, retry: Retry = { delays: DEFAULT }): number[] {
  if (typeof retry !== 'object' || retry === null) {
    throw new ScheduleError(
      job,
      'retry',
      `${shown(retry)} says no delays; write { delays: ['1 minute', '5 minutes'] }, or { delays: [] } for never`,
    );
  }
  const odd = Object.keys(retry).find((key) => !Object.hasOwn(SETTINGS, key));
  if (odd !== undefined) {
    const near = closest(odd, Object.keys(SETTINGS));
    throw new ScheduleError(job, `retry.${odd}`, `is no setting of retries; perhaps '${near}'`);
  }
  const field = 'retry.delays';
  const { delays } = retry;
  if (!Array.isArray(delays)) {
    throw new ScheduleError(
      job,
      field,
      `${shown(delays)} is not a list; write ['1 minute', '5 minutes'], or [] for never`,
    );
  }
  if (delays.length > MOST_DELAYS) {
    throw new ScheduleError(job, field, `has ${delays.length} delays; at most ${MOST_DELAYS}`);
  }
  return delays.map((delay) =>
    durationMs({ job, field }, delay, { from: MINUTE, to: DAY, whole: MINUTE }),
  );
}
