import { MINUTE } from '../core/schedule/duration.ts';
import type { Placeable } from '../core/schedule/stagger.ts';
import { oneOf, randomFrom } from '../local/world/random.ts';

/** A job whose offset is open. */
export interface Movable extends Placeable {
  name: string;
  interval: number;
}

/** Minutes. What people write, from five minutes to a day; some do not divide each other. */
const INTERVALS = [5, 8, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440];
/** Any: they do as well with others. */
const SEED = 7;

/** So many jobs of mixed intervals, the same at every call; a shorter list begins a longer one. */
export function mixedList(size: number): Movable[] {
  const random = randomFrom(SEED);
  return Array.from({ length: size }, (_, i) => {
    return movable(`job-${i}`, oneOf(random, INTERVALS) * MINUTE);
  });
}

/** The same jobs, whose runs take from a tenth of a second to ten minutes: many short ones, few long. */
export function withDurations(jobs: readonly Movable[]): (Movable & { duration: number })[] {
  const random = randomFrom(SEED + 1);
  return jobs.map((job) => ({ ...job, duration: Math.round(100 * 6_000 ** random()) }));
}

function movable(name: string, interval: number): Movable {
  return {
    name,
    interval,
    expressions: [],
    timeZone: 'UTC',
    isStaggered: true,
    group: undefined,
    load: [1],
  };
}
