import { DAYS, type Field, HOURS, MINUTES, MONTHS_OF_YEAR, valuesOf } from './field.ts';
import { NotCarried } from './imported.ts';
import { type DayFields, daysOf, type WallTimes, weekdayOf } from './when.ts';

/** APScheduler's week begins on Monday, which is 0. */
const WEEKDAYS: Field = {
  name: 'day_of_week',
  from: 0,
  to: 6,
  names: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
};
const SECONDS: Field = { name: 'seconds', from: 0, to: 59 };

/** Its fields, the longest first: one that is left out below the last that is given is its smallest value. */
const DEFAULTS = {
  year: '*', month: '1', day: '1', week: '*', day_of_week: '*', hour: '0', minute: '0', second: '0',
} as const; // biome-ignore format: one line reads better
type Name = keyof typeof DEFAULTS;

/** `3rd fri`, `last sun`. */
const NTH = /^(1st|2nd|3rd|4th|5th|last)\s+(mon|tue|wed|thu|fri|sat|sun)$/i;

/**
 * The wall times of a cron trigger.
 *
 * @param said takes what is no more as it was
 * @throws NotCarried
 */
export function wallOfCron(given: Record<string, unknown>, said: string[]): WallTimes {
  const fields = complete(given);
  if (fields.week !== '*') throw new NotCarried('weeks of the year are unknown to EventBridge');
  const [second = 0, ...more] = valuesOf(fields.second, SECONDS);
  if (more.length > 0) {
    throw new NotCarried(
      `fires at several seconds (${fields.second}): EventBridge fires by the minute; let one run do several rounds`,
    );
  }
  if (second > 0) said.push(`fires on the minute, not at its second ${second}`);
  if (!/^[\d*,/-]+$/.test(fields.year)) throw new NotCarried(`'${fields.year}' is no year`);
  return {
    minutes: valuesOf(fields.minute, MINUTES),
    hours: valuesOf(fields.hour, HOURS),
    months: valuesOf(fields.month, MONTHS_OF_YEAR),
    days: daysOfFields(fields.day, fields.day_of_week),
    years: fields.year,
  };
}

function complete(given: Record<string, unknown>): Record<Name, string> {
  const names = Object.keys(DEFAULTS) as Name[];
  const last = names.findLastIndex((name) => given[name] != null);
  if (last < 0) throw new NotCarried('its trigger has no fields: it would fire every second');
  const textOf = (name: Name, i: number) => {
    const value = given[name];
    if (value != null) return String(value).trim();
    return i > last ? DEFAULTS[name] : '*';
  };
  return Object.fromEntries(names.map((name, i) => [name, textOf(name, i)])) as Record<
    Name,
    string
  >;
}

/** Unlike cron, it wants both: a day of the month, and one of the week. */
function daysOfFields(day: string, weekday: string): DayFields {
  const weekdays = valuesOf(weekday, WEEKDAYS)
    .map((value) => (value + 1) % 7)
    .sort();
  const isAnyWeekday = weekdays.length === 7;
  const [, nth, name = ''] = NTH.exec(day) ?? [];
  if (isAnyWeekday && day === 'last') return { day: 'L', weekday: '?' };
  if (isAnyWeekday && nth !== undefined) {
    const [value = 0] = valuesOf(name, WEEKDAYS);
    return weekdayOf((value + 1) % 7, nth === 'last' ? 'last' : Number.parseInt(nth, 10));
  }
  const both =
    nth === undefined && day !== 'last' ? daysOf(valuesOf(day, DAYS), weekdays) : undefined;
  if (both) return both;
  throw new NotCarried(
    `the days '${day}' that are '${weekday}' of the week are more than EventBridge's cron can say; fire on either, and let the code throw SkipTick on the others`,
  );
}
