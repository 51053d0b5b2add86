import { DAY } from '../../core/schedule/duration.ts';
import type { Calendar, Timed } from './calendar.ts';

/** How the starts of all jobs fall together on one day. */
export interface Starts {
  /** On the day. */
  count: number;
  /** The minute with the most of them, and whose; the first of several. Absent where nothing starts. */
  fullest?: { at: number; jobs: string[] };
  /** Minutes in which more than one job starts. */
  shared: number;
}

/** A day of the week to come, in milliseconds since 1970: the one with the most starts, before and after together. */
export function busiestDay(jobs: readonly Timed[], calendar: Calendar): number {
  const counts = new Map<number, number>([[calendar.weekStart, 0]]);
  for (const job of jobs) {
    for (const time of calendar.inWeek(job)) {
      const day = Math.floor(time / DAY) * DAY;
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
  }
  const most = Math.max(...counts.values());
  return Math.min(...[...counts].filter(([, count]) => count === most).map(([day]) => day));
}

/** @param day one of the calendar's week: its midnight (UTC), in milliseconds since 1970 */
export function startsOn(
  day: number,
  jobs: readonly (Timed & { name: string })[],
  calendar: Calendar,
): Starts {
  const byMinute = new Map<number, string[]>();
  for (const job of jobs) {
    for (const time of calendar.inWeek(job)) {
      if (time < day || time >= day + DAY) continue;
      const together = byMinute.get(time);
      if (together) together.push(job.name);
      else byMinute.set(time, [job.name]);
    }
  }
  const minutes = [...byMinute].sort(([a, x], [b, y]) => y.length - x.length || a - b);
  const [fullest] = minutes;
  return {
    count: minutes.reduce((sum, [, jobs]) => sum + jobs.length, 0),
    ...(fullest && { fullest: { at: fullest[0], jobs: fullest[1] } }),
    shared: minutes.filter(([, jobs]) => jobs.length > 1).length,
  };
}
