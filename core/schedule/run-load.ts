import { DAY, MINUTE } from './duration.ts';
import { ScheduleError } from './error.ts';
import { shown } from './values.ts';

/** How long the runs of jobs take on average: job name -> milliseconds. */
export type Durations = Record<string, number>;

/** Milliseconds that a job is taken to need of which none is known. */
const UNKNOWN = 1_000;

/** @throws ScheduleError for the first one that is none; a job that has left the list may still be named */
export function checkDurations(durations: Durations): void {
  for (const [job, duration] of Object.entries(durations)) {
    if (typeof duration === 'number' && duration >= 0 && duration <= DAY) continue;
    throw new ScheduleError(
      job,
      'durations',
      `${shown(duration)} is not a number of milliseconds from 0 to ${DAY}, a day`,
    );
  }
}

/**
 * What a run of a job weighs in the minute of its start, the next, and so on. Without durations every
 * start weighs the same, times `weight`; with them, the milliseconds that the run takes of the minute do.
 * Whole numbers, so that equal loads are equal.
 *
 * @param durations of the list, checked
 */
export function runLoad(
  { name, weight }: { name: string; weight: number },
  durations?: Durations,
): number[] {
  if (durations === undefined) return [weight];
  const known = Object.hasOwn(durations, name) ? durations[name] : undefined;
  const duration = Math.max(1, Math.round(known ?? UNKNOWN));
  return Array.from(
    { length: Math.ceil(duration / MINUTE) },
    (_, minute) => weight * Math.min(MINUTE, duration - minute * MINUTE),
  );
}
