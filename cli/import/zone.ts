import { Temporal } from 'temporal-polyfill';
import { compile } from '../../core/schedule/compile.ts';
import { HOUR } from '../../core/schedule/duration.ts';
import { ScheduleError } from '../../core/schedule/error.ts';
import type { When } from '../../core/schedule/settings.ts';
import { nextTick } from '../../core/schedule/ticks.ts';
import { NotCarried } from './imported.ts';

/** The settings of a time that is read in a zone, and what daylight saving makes of it. */
interface Zoned {
  settings: When & { timeZone?: string };
  /** What is no more as it was. */
  remark?: string;
}

/**
 * Reads a time in a zone. One that ticks alike in every hour needs none: in a zone with daylight
 * saving EventBridge would leave out an hour of it in spring, and in autumn.
 *
 * @param now milliseconds since 1970
 * @throws NotCarried where it never comes due
 */
export function inZone(when: When, timeZone: string, now: number): Zoned {
  const expressions = expressionsOf(when);
  if (timeZone === 'UTC') return { settings: when };
  if (expressions.every(ticksEveryHour) && hasWholeHours(timeZone, now)) return { settings: when };
  const settings = { ...when, timeZone };
  const lost = lostInGap(expressions, timeZone, now);
  return {
    settings,
    ...(lost !== undefined && {
      remark: `${lost} does not exist in ${timeZone}, where clocks skip it: EventBridge leaves that tick out`,
    }),
  };
}

function expressionsOf(when: When): string[] {
  try {
    return compile('', when, 'UTC');
  } catch (error) {
    if (error instanceof ScheduleError)
      throw new NotCarried(error.message.replace(/^job '': /, ''));
    throw error;
  }
}

function ticksEveryHour(expression: string): boolean {
  return / \* \* \* \? \*\)$/.test(expression);
}

/** Whether the zone's distance to UTC is whole hours, in winter and in summer. */
function hasWholeHours(timeZone: string, now: number): boolean {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  return [0, 6].every((months) => (today.add({ months }).offsetNanoseconds / 1e6) % HOUR === 0);
}

/** The first local time of a schedule that the next change to summer time skips. */
function lostInGap(
  expressions: readonly string[],
  timeZone: string,
  now: number,
): string | undefined {
  let at = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  for (let changes = 0; changes < 2; changes += 1) {
    const change = at.getTimeZoneTransition('next');
    if (!change) return undefined;
    const before = change.subtract({ nanoseconds: 1 });
    const gap = (change.offsetNanoseconds - before.offsetNanoseconds) / 1e6;
    if (gap > 0) {
      // Wall times, written as if they were UTC.
      const end = Date.parse(`${change.toPlainDateTime().toString()}Z`);
      const start = end - gap;
      const lost = expressions
        .flatMap((one) => nextTick(one, 'UTC', new Date(start)) ?? [])
        .sort()[0];
      return lost !== undefined && Date.parse(lost) < end ? lost.slice(0, -1) : undefined;
    }
    at = change;
  }
  return undefined;
}
