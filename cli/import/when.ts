import { DAY, HOUR, MINUTE, toDuration } from '../../core/schedule/duration.ts';
import type { When } from '../../core/schedule/settings.ts';
import { DAYS, type Field, HOURS, isAll, MINUTES, MONTHS_OF_YEAR } from './field.ts';

/** EventBridge's names, from Sunday: what others count from 0, it counts from 1. */
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The two day fields of EventBridge's cron, one of which is `?`. */
export interface DayFields {
  day: string;
  weekday: string;
}

/** Wall times: minutes and hours of the days and months that are named. */
export interface WallTimes {
  minutes: readonly number[];
  hours: readonly number[];
  months: readonly number[];
  days: DayFields;
  /** Default: every year. */
  years?: string;
}

/**
 * Days on which both hold: a day of the month, and a weekday (0 is Sunday). `undefined` where EventBridge
 * has no way to write it: it knows one of the two, and the n-th weekday of a month.
 */
export function daysOf(
  days: readonly number[],
  weekdays: readonly number[],
): DayFields | undefined {
  if (weekdays.length === 7) return { day: fieldOf(days, DAYS), weekday: '?' };
  if (isAll(days, DAYS)) return { day: '?', weekday: weekdaysOf(weekdays) };
  const [first = 0] = days;
  const week = (first - 1) / 7;
  const isWeek =
    days.length === Math.min(7, DAYS.to - first + 1) && days.at(-1) === first + days.length - 1;
  if (weekdays.length > 1 || !Number.isInteger(week) || !isWeek) return undefined;
  return { day: '?', weekday: `${weekdayName(weekdays[0] as number)}#${week + 1}` };
}

/** EventBridge's name of a weekday; 0 is Sunday. */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday] as string;
}

/** The n-th weekday of a month, or its last. */
export function weekdayOf(weekday: number, which: number | 'last'): DayFields {
  // It knows a last weekday by its number only.
  if (which === 'last') return { day: '?', weekday: `${weekday + 1}L` };
  return { day: '?', weekday: `${weekdayName(weekday)}#${which}` };
}

/** As a setting: an interval where the times are one, else EventBridge's cron. */
export function whenOf(times: WallTimes): When {
  const { minutes, hours, months, days, years = '*' } = times;
  const interval = years === '*' && isAll(months, MONTHS_OF_YEAR) ? intervalOf(times) : undefined;
  if (interval) return interval;
  const fields = [
    fieldOf(minutes, MINUTES),
    fieldOf(hours, HOURS),
    days.day,
    fieldOf(months, MONTHS_OF_YEAR),
    days.weekday,
    years,
  ];
  return { cron: fields.join(' ') };
}

/** The interval of times that come in the same distance all day, every day. */
function intervalOf({ minutes, hours, days }: WallTimes): When | undefined {
  if (days.day !== '*') return undefined;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * HOUR + minute * MINUTE));
  const [first = 0, second] = times;
  if (second === undefined) return undefined;
  const interval = second - first;
  const isEven = times.every((time, i) => time === first + i * interval);
  if (!isEven || times.length * interval !== DAY || first >= interval) return undefined;
  return { every: toDuration(interval), ...(first > 0 && { offset: toDuration(first) }) };
}

/** Values in order as a field: `*`, `2/8` where steps run to its end, else a list of values and ranges. */
function fieldOf(values: readonly number[], field: Field): string {
  if (isAll(values, field)) return '*';
  const [first = 0, second] = values;
  const step = (second ?? first) - first;
  const isSteps =
    step > 1 &&
    values.length > 2 &&
    values.every((value, i) => value === first + i * step) &&
    first + values.length * step > field.to;
  return isSteps ? `${first}/${step}` : rangesOf(values, String);
}

function weekdaysOf(weekdays: readonly number[]): string {
  return rangesOf(weekdays, weekdayName);
}

/** A list in which three neighbours or more are a range. */
function rangesOf(values: readonly number[], shown: (value: number) => string): string {
  const parts: string[] = [];
  for (let i = 0; i < values.length; ) {
    const first = values[i] as number;
    let length = 1;
    while (values[i + length] === first + length) length += 1;
    if (length > 2) {
      parts.push(`${shown(first)}-${shown(first + length - 1)}`);
      i += length;
    } else {
      parts.push(shown(first));
      i += 1;
    }
  }
  return parts.join(',');
}
