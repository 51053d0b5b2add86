import cronstrue from 'cronstrue';
import type { Deployed } from '../core/run/limits.ts';
import { DAY, MINUTE, toDuration } from '../core/schedule/duration.ts';
import { minutesOf } from '../core/schedule/minutes.ts';

/** A schedule in words: `every 20 minutes from 00:03`, `at 09:00, Monday through Friday, Europe/Oslo`. */
export function inWords({
  expressions,
  timeZone,
}: Pick<Deployed, 'expressions' | 'timeZone'>): string {
  const [first = '', ...more] = expressions;
  const words =
    evenly(expressions) ?? `${ofOne(first)}${more.length > 0 ? `, and ${more.length} more` : ''}`;
  return timeZone === 'UTC' ? words : `${words}, ${timeZone}`;
}

/**
 * An interval may take several expressions, which one by one say nothing to anybody; `undefined` where
 * they are not at even distances, every day.
 */
function evenly(expressions: readonly string[]): string | undefined {
  if (!expressions.every((one) => /^cron\(\S+ \S+ [*?] \* [*?] \*\)$/.test(one))) return undefined;
  const minutes = new Set(expressions.flatMap(minutesOf));
  const times = [...minutes].sort((a, b) => a - b).map((minute) => minute * MINUTE);
  const [first = 0] = times;
  const gaps = times.map((time, i) => (times[i + 1] ?? first + DAY) - time);
  const [gap = DAY] = gaps;
  if (gap === DAY || gaps.some((one) => one !== gap)) return undefined;
  const start = new Date(first).toISOString().slice(11, 16);
  return `every ${toDuration(gap).replace(/^1 /, '')}${start === '00:00' ? '' : ` from ${start}`}`;
}

function ofOne(expression: string): string {
  const [, kind, body = ''] = /^(cron|rate|at)\((.+)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return `every ${body.replace(/^1 /, '')}`;
  if (kind === 'at') return `once, ${body.slice(0, 16).replace('T', ' ')}`;
  const words = cronstrue.toString(`0 ${body}`, {
    use24HourTimeFormat: true,
    dayOfWeekStartIndexZero: false,
  });
  return words.charAt(0).toLowerCase() + words.slice(1);
}
