import { Cron } from 'croner';

const FIELDS = ['minutes', 'hours', 'day of month', 'month', 'day of week', 'year'] as const;

/** What EventBridge allows in each field; croner knows more (`+`, `#L`), which a deploy would refuse. */
const ALLOWED = [
  /^[\d*,/-]+$/,
  /^[\d*,/-]+$/,
  /^(\?|[\d*,/LW-]+)$/,
  /^([\d*,/-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)+$/i,
  /^(\?|([1-7*,/L-]|#[1-5]|SUN|MON|TUE|WED|THU|FRI|SAT)+)$/i,
  /^[\d*,/-]+$/,
];

/**
 * The wall-clock times of an EventBridge cron expression (its six fields, without `cron()`).
 * croner reads the fields; it runs in UTC so that it yields wall times and has no say about
 * daylight saving: its rules differ from EventBridge's (see `ticks.ts`).
 */
export function wallTimes(expression: string): Cron {
  return new Cron(`0 ${expression}`, {
    timezone: 'UTC',
    mode: '7-part',
    alternativeWeekdays: true,
    sloppyRanges: true,
  });
}

/**
 * What is wrong with an EventBridge cron expression, and the mend; `undefined` if nothing.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function cronProblem(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6) {
    return `'${expression}' has ${fields.length} field(s), EventBridge's cron has six (${FIELDS.join(', ')})${mendUnixCron(fields)}`;
  }
  const odd = fields.findIndex((field, i) => !ALLOWED[i]?.test(field));
  if (odd >= 0) {
    return `'${fields[odd]}' is not a value of the field '${FIELDS[odd]}' in '${expression}'${odd === 4 ? '; days of the week are 1-7 from Sunday, or SUN-SAT' : ''}`;
  }
  if ((fields[2] === '?') === (fields[4] === '?')) {
    return `'${expression}' must have '?' in exactly one of day of month and day of week, such as '0 9 * * ? *' or '0 9 ? * MON-FRI *'`;
  }
  try {
    if (!wallTimes(expression).nextRun(new Date('1970-01-01T00:00Z'))) {
      return `'${expression}' never comes due; check day of month, month and year`;
    }
  } catch (error) {
    return `'${expression}' is not a cron expression: ${(error as Error).message.replace(/^CronPattern: /, '')}; each field takes values, ranges such as 1-5 (low to high) and steps such as 0/10`;
  }
  return undefined;
}

/** Most wrong ones are a crontab's five fields: show what they are with six. */
function mendUnixCron(fields: string[]): string {
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || (day !== '*' && weekday !== '*')) return '';
  const days = weekday === '*' ? [day, month, '?'] : ['?', month, quartzDays(weekday ?? '')];
  return `; perhaps '${[minute, hour, ...days, '*'].join(' ')}'`;
}

/** A crontab counts the days of the week 0-6 from Sunday, EventBridge 1-7. */
function quartzDays(weekday: string): string {
  return weekday.replace(/(?<![/\d])[0-7]/g, (digit) => String((Number(digit) % 7) + 1));
}
