import { createHash } from 'node:crypto';
import { MINUTE } from '../core/schedule/duration.ts';
import { DAY_MINUTES } from '../core/schedule/every.ts';
import { minutesOf } from '../core/schedule/minutes.ts';
import { type Placeable, stagger } from '../core/schedule/stagger.ts';
import { randomFrom } from '../local/world/random.ts';
import type { Movable } from './stagger-lists.ts';

/** What runs weigh in each minute of the day. */
export type Day = Float64Array;

/** The ways to keep jobs apart, the least effort first. */
export const WAYS = {
  'all at :00': (jobs: readonly Movable[]) => dayOf(jobs, () => 0),
  jitter: jittered,
  hash: (jobs: readonly Movable[]) => dayOf(jobs, hashed),
  packed: (jobs: readonly Movable[]) => dayOfPlaced(stagger(jobs)),
};

/** Of jobs that have their expressions. */
export function dayOfPlaced(jobs: readonly Pick<Placeable, 'expressions' | 'load'>[]): Day {
  const day: Day = new Float64Array(DAY_MINUTES);
  for (const { expressions, load } of jobs)
    for (const minute of expressions.flatMap(minutesOf)) add(day, minute, load);
  return day;
}

/** An offset for each job that hangs on its name only, as Temporal Schedules and Jenkins' `H` have it. */
function hashed({ name, interval }: Movable): number {
  return createHash('sha256').update(name).digest().readUInt32BE() % (interval / MINUTE);
}

/** Each start at a random moment of its interval: the widest flexible window that keeps the ticks in order. */
function jittered(jobs: readonly Movable[]): Day {
  const random = randomFrom(1);
  const day: Day = new Float64Array(DAY_MINUTES);
  for (const { interval, load } of jobs) {
    const minutes = interval / MINUTE;
    for (let tick = 0; tick < DAY_MINUTES; tick += minutes)
      add(day, tick + Math.floor(random() * minutes), load);
  }
  return day;
}

function dayOf(jobs: readonly Movable[], offsetOf: (job: Movable) => number): Day {
  const day: Day = new Float64Array(DAY_MINUTES);
  for (const job of jobs) {
    for (let minute = offsetOf(job); minute < DAY_MINUTES; minute += job.interval / MINUTE)
      add(day, minute, job.load);
  }
  return day;
}

function add(day: Day, minute: number, load: readonly number[]): void {
  for (const [after, part] of load.entries()) {
    const at = (minute + after) % DAY_MINUTES;
    day[at] = (day[at] as number) + part;
  }
}
