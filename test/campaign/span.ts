import { Problem } from '../../local/problem.ts';

/** When every campaign begins. */
export const FROM = Date.parse('2026-03-01T00:00Z');

/** The longest campaign, in days: one month's cron expression says when it ends. */
const DAYS = 31;

/**
 * The minutes of a campaign of so many ticks, by jobs that tick every minute; whole hours beyond the
 * first, and whole days beyond those, so that one cron expression ends it: then nothing is expected any
 * more, and what is open can close.
 *
 * @throws Problem where a month is too short
 */
export function minutesOf(ticks: number, jobs: number): number {
  const minutes = Math.ceil(ticks / jobs);
  if (minutes > DAYS * 1440)
    throw new Problem(`--ticks ${ticks} take longer than a month; at most ${DAYS * 1440 * jobs}`);
  const unit = minutes > 1440 ? 1440 : minutes > 60 ? 60 : 1;
  return Math.ceil(minutes / unit) * unit;
}

/** Every minute, so many of them, from `FROM`. */
export function cronOf(minutes: number): string {
  const [minute, hour, day] = [minutes, minutes / 60, minutes / 1440].map(
    (count) => `0-${count - 1}`,
  );
  if (minutes <= 60) return `${minute} 0 1 3 ? 2026`;
  return minutes <= 1440 ? `* ${hour} 1 3 ? 2026` : `* * 1-${Number(day?.slice(2)) + 1} 3 ? 2026`;
}
