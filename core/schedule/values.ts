import { closest } from 'fastest-levenshtein';
import { type Duration, toDuration, toMs } from './duration.ts';
import { ScheduleError } from './error.ts';

/** Where a value stands, for the error. */
export interface Place {
  job: string;
  field: string;
}

/** Both ends included. */
interface Range {
  from: number;
  to: number;
}

/**
 * The milliseconds of a duration setting.
 *
 * @param range in milliseconds; the value must also be a multiple of `whole`
 * @throws ScheduleError
 */
export function durationMs(
  { job, field }: Place,
  value: Duration,
  range: Range & { whole?: number },
): number {
  let ms: number;
  try {
    ms = toMs(value);
  } catch (error) {
    throw new ScheduleError(job, field, (error as Error).message);
  }
  if (ms < range.from || ms > range.to) {
    throw new ScheduleError(
      job,
      field,
      `'${value}' is outside ${toDuration(range.from)} to ${toDuration(range.to)}`,
    );
  }
  if (range.whole && ms % range.whole !== 0) {
    throw new ScheduleError(
      job,
      field,
      `'${value}' must be whole minutes: EventBridge fires by the minute`,
    );
  }
  return ms;
}

/**
 * A whole number within a range.
 *
 * @param unit what is counted, such as `megabytes`
 * @throws ScheduleError
 */
export function wholeNumber(
  { job, field }: Place,
  value: number,
  { from, to }: Range,
  unit?: string,
): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  const what = unit === undefined ? 'whole number' : `whole number of ${unit}`;
  throw new ScheduleError(job, field, `${shown(value)} is not a ${what} from ${from} to ${to}`);
}

/**
 * One of a few words.
 *
 * @throws ScheduleError
 */
export function oneOf<W extends string>({ job, field }: Place, value: W, words: readonly W[]): W {
  if (words.includes(value)) return value;
  const known = words.map((word) => `'${word}'`).join(', ');
  throw new ScheduleError(
    job,
    field,
    `${shown(value)} is none of ${known}; perhaps '${closest(String(value), words)}'`,
  );
}

/** A value of any type as it would be written; what JSON can not show, as text. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}
