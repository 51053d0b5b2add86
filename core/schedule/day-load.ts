import { DAY_MINUTES } from './every.ts';

/** Ticks in the same distance all day, and what a run weighs. */
export interface Comb {
  /** The minute (UTC) of the first tick, on each day that is looked at. */
  firsts: readonly number[];
  /** Minutes; divides a day. */
  interval: number;
  /** What a run weighs in the minute of its start, the next, and so on; not beyond the interval. */
  load: readonly number[];
}

/** All that divide a day, the shortest first. */
const INTERVALS = Array.from({ length: DAY_MINUTES }, (_, i) => i + 1).filter(
  (interval) => DAY_MINUTES % interval === 0,
);
/** For each of them those that divide it, by where they are among all. */
const SHORTER = new Map(
  INTERVALS.map((interval) => [
    interval,
    [...INTERVALS.keys()].filter(
      (i) => (INTERVALS[i] as number) < interval && interval % (INTERVALS[i] as number) === 0,
    ),
  ]),
);

/**
 * What runs weigh together in each minute of the days that are looked at. A list of ten thousand jobs asks millions
 * of times: hence the plain loops.
 */
export class DayLoad {
  readonly #days: readonly Float64Array[];
  /** For each day and interval, what starts at each place in the interval. */
  readonly #places: readonly Float64Array[][];

  constructor(days: number) {
    this.#days = Array.from({ length: days }, () => new Float64Array(DAY_MINUTES));
    this.#places = this.#days.map(() => INTERVALS.map((length) => new Float64Array(length)));
  }

  add({ firsts, interval, load }: Comb): void {
    const [start = 0] = load;
    for (const [d, day] of this.#days.entries()) {
      for (let tick = firsts[d] as number; tick < DAY_MINUTES; tick += interval) {
        for (const [after, part] of load.entries()) raise(day, (tick + after) % DAY_MINUTES, part);
      }
      const first = firsts[d] as number;
      for (const places of this.#places[d] ?? []) {
        // Of a shorter interval it takes some places only, all equally often.
        const step = gcd(interval, places.length);
        const starts = (DAY_MINUTES * step) / (interval * places.length);
        for (let i = first % step; i < places.length; i += step) raise(places, i, starts * start);
      }
    }
  }

  /**
   * What the fullest minute of its runs would weigh with it, and how much it meets in all: what is there in
   * the minutes of its runs, times what it brings.
   */
  meet({ firsts, interval, load }: Comb): [fullest: number, met: number] {
    let fullest = 0;
    let met = 0;
    for (let d = 0; d < firsts.length; d++) {
      const day = this.#days[d] as Float64Array;
      for (let tick = firsts[d] as number; tick < DAY_MINUTES; tick += interval) {
        for (let after = 0; after < load.length; after++) {
          const there = day[(tick + after) % DAY_MINUTES] as number;
          const part = load[after] as number;
          if (there + part > fullest) fullest = there + part;
          met += there * part;
        }
      }
    }
    return [fullest, met];
  }

  /**
   * How full its places in shorter intervals are already. What comes seldom is put where much comes anyway,
   * so that places stay empty for what comes often: else five daily jobs, spread, leave no place in five
   * minutes without one of them.
   */
  company({ firsts, interval }: Comb): number {
    let company = 0;
    for (let d = 0; d < firsts.length; d++) {
      const first = firsts[d] as number;
      for (const i of SHORTER.get(interval) as number[]) {
        const places = this.#places[d]?.[i] as Float64Array;
        // The longer an interval, the fewer starts at each of its places.
        company += (places[first % places.length] as number) * places.length;
      }
    }
    return company;
  }
}

function raise(loads: Float64Array, at: number, by: number): void {
  loads[at] = (loads[at] as number) + by;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
