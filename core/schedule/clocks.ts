import { MINUTE } from './duration.ts';
import { toWall } from './ticks.ts';

/**
 * The days for which ticks are spread. Two, because a zone with daylight saving has two clocks, and jobs
 * that are apart by the one may meet by the other; in January and in July no zone changes its clock. Fixed,
 * so that a list has the same offsets whenever it is deployed.
 */
const REFERENCE_DAYS: readonly number[] = ['2026-01-14T00:00Z', '2026-07-15T00:00Z'].map((day) =>
  Date.parse(day),
);

const known = new Map<string, readonly number[]>();

/** How many minutes the clock of a zone is ahead of UTC, on each reference day. */
export function minutesAhead(timeZone: string): readonly number[] {
  const ahead =
    known.get(timeZone) ?? REFERENCE_DAYS.map((time) => (toWall(time, timeZone) - time) / MINUTE);
  known.set(timeZone, ahead);
  return ahead;
}

/** How many of the reference days must be looked at: one is enough where no zone has daylight saving. */
export function daysFor(timeZones: readonly string[]): number {
  const hasTwoClocks = timeZones.some((timeZone) => new Set(minutesAhead(timeZone)).size > 1);
  return hasTwoClocks ? REFERENCE_DAYS.length : 1;
}
