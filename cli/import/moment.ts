import { Temporal } from 'temporal-polyfill';
import { NotCarried } from './imported.ts';

/**
 * The moment a text names, in milliseconds since 1970.
 *
 * @param timeZone where it is read in if it names no zone itself
 * @throws NotCarried
 */
export function momentOf(text: string, timeZone: string): number {
  const iso = /^\d{4}-\d\d-\d\d[T ]/.test(text);
  if (iso && !/(Z|[+-]\d\d:?\d\d)$/.test(text)) {
    try {
      return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(timeZone)
        .epochMilliseconds;
    } catch {
      throw new NotCarried(`'${text}' is no time`);
    }
  }
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new NotCarried(`'${text}' is no time`);
  return time;
}

/** The local time of a moment, to the second, as `at` is written. */
export function inTimeZone(time: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(time)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' });
}
