import type { When } from '../../core/schedule/settings.ts';
import { DAYS, type Field, HOURS, isAll, MINUTES, MONTHS_OF_YEAR, valuesOf } from './field.ts';
import { NotCarried } from './imported.ts';
import { type DayFields, daysOf, whenOf } from './when.ts';

/** A crontab's week begins on Sunday, which is 0, and 7. */
const WEEKDAYS: Field = {
  name: 'weekdays',
  from: 0,
  to: 7,
  names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};
const ALL_WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const ALL_DAYS = Array.from({ length: DAYS.to }, (_, i) => DAYS.from + i);

const NICKNAMES: Record<string, string | undefined> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@every_minute': '* * * * *',
};

/** What the time of a line becomes: one schedule, or two where it names days in two ways. */
export interface CrontabTime {
  all: When[];
  /** What is no more as it was. */
  remark?: string;
}

/**
 * Reads the five fields of a crontab's line, or its nickname.
 *
 * @throws NotCarried
 */
export function readCrontabTime(text: string): CrontabTime {
  if (text === '@reboot') throw new NotCarried('@reboot: there is no machine that boots');
  const fields = text.startsWith('@') ? NICKNAMES[text] : text;
  if (fields === undefined) throw new NotCarried(`'${text}' is no time of a crontab`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields.split(/\s+/);
  const times = {
    minutes: valuesOf(minute, MINUTES),
    hours: valuesOf(hour, HOURS),
    months: valuesOf(month, MONTHS_OF_YEAR),
  };
  const days = valuesOf(day, DAYS);
  const weekdays = [...new Set(valuesOf(weekday, WEEKDAYS).map((value) => value % 7))].sort();
  const restart = restartOf(minute, times.minutes);
  const one = (fields: DayFields): CrontabTime => ({
    all: [whenOf({ ...times, days: fields })],
    remark: restart,
  });
  // Cron takes both only where one of them begins with a star; else either will do.
  if (day.startsWith('*') || weekday.startsWith('*')) {
    const both = daysOf(days, weekdays);
    if (both) return one(both);
    throw new NotCarried(
      `the days '${day}' that are '${weekday}' of the week are more than EventBridge's cron can say; fire on either, and let the code throw SkipTick on the others`,
    );
  }
  // Where one of them is every day, the other adds nothing.
  if (isAll(days, DAYS) || weekdays.length === 7) return one({ day: '*', weekday: '?' });
  const either = [daysOf(days, ALL_WEEKDAYS), daysOf(ALL_DAYS, weekdays)];
  return {
    all: either.flatMap((one) => (one ? [whenOf({ ...times, days: one })] : [])),
    remark: `a day of the month or of the week, which cron takes as either: two entries, which both run on a day that is both`,
  };
}

/** Whether a step begins anew in every hour, which few expect: 56 minutes past and then on the hour. */
function restartOf(minute: string, minutes: readonly number[]): string | undefined {
  const step = Number(/^\*\/(\d+)$/.exec(minute)?.[1] ?? 1);
  if (60 % step === 0 || minutes.length < 2) return undefined;
  return `every ${step} minutes begins anew on the hour, as in cron: ${minutes.at(-1)} past is followed by the full hour`;
}
