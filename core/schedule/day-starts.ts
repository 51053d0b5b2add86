import { MINUTE } from './duration.ts';
import { DAY_MINUTES } from './every.ts';
import { minutesOf } from './minutes.ts';
import { toWall } from './ticks.ts';

/** How a day's starts fall together. */
export interface DayFigures {
  count: number;
  /** The minute of the day with the most of them, the first of several, and how many. */
  fullest: { minute: number; starts: number };
  /** Minutes with more than one. */
  shared: number;
  /** How many the fullest minute has at least, wherever the jobs are put. */
  bound: number;
}

/**
 * How many jobs start in each minute of a day (UTC), whatever the day: a weekly job counts on each, as
 * `stagger` has it.
 *
 * @param now the clocks of their zones count as they stand then, in milliseconds since 1970
 */
export function startsByMinute(
  jobs: readonly { expressions: readonly string[]; timeZone: string }[],
  now: number,
): number[] {
  const day = new Array<number>(DAY_MINUTES).fill(0);
  // Of a long list many have the same times.
  const alike = Map.groupBy(jobs, ({ timeZone, expressions }) =>
    [timeZone, ...expressions].join(' '),
  );
  for (const those of alike.values()) {
    const { timeZone, expressions } = those[0] as (typeof those)[number];
    const ahead = Math.round((toWall(now, timeZone) - now) / MINUTE);
    // Two expressions of a job may share a tick.
    for (const wall of new Set(expressions.flatMap(minutesOf))) {
      const minute = (wall - ahead + DAY_MINUTES) % DAY_MINUTES;
      day[minute] = (day[minute] ?? 0) + those.length;
    }
  }
  return day;
}

/** @param day the starts in each minute */
export function dayFigures(day: readonly number[]): DayFigures {
  const count = day.reduce((sum, starts) => sum + starts, 0);
  const most = Math.max(...day);
  return {
    count,
    fullest: { minute: day.indexOf(most), starts: most },
    shared: day.filter((starts) => starts > 1).length,
    bound: Math.ceil(count / DAY_MINUTES),
  };
}
