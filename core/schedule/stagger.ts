import { daysFor, minutesAhead } from './clocks.ts';
import { type Comb, DayLoad } from './day-load.ts';
import { MINUTE } from './duration.ts';
import { DAY_MINUTES, everyExpressions } from './every.ts';
import { minutesOf } from './minutes.ts';
import type { Job } from './resolve.ts';

/** A job as its place in the day hangs on it. */
export interface Placeable
  extends Pick<Job, 'expressions' | 'timeZone' | 'interval' | 'isStaggered' | 'group'> {
  /** What a run weighs in the minute of its start, the next, and so on: whole numbers. */
  load: readonly number[];
}

/**
 * Chooses the offsets of the jobs that leave it open, `offset: 'auto'`, so that the fullest minute of the
 * day is as empty as may be. One job after the other, in the order of the list, and each sees only those
 * before it: so a job that is added at the end moves none. Jobs that are off count, so that switching
 * one on or off moves none either.
 *
 * @returns the same jobs, with the expressions of their offsets
 */
export function stagger<J extends Placeable>(jobs: readonly J[]): J[] {
  const day = new Day(daysFor(jobs.map(({ timeZone }) => timeZone)));
  return jobs.map((job) => day.place(job));
}

/** The same jobs as if all that have an interval left their offset open. */
export function staggerAll<J extends Placeable>(jobs: readonly J[]): J[] {
  return stagger(jobs.map((job) => ({ ...job, isStaggered: job.interval !== undefined })));
}

/** The times that people name. What may be anywhere keeps away from them: others will come there. */
const ROUND = new DayLoad(2);
for (const interval of [5, 15, 30, 60]) ROUND.add({ firsts: [0, 0], interval, load: [1] });

/** The jobs placed so far. */
class Day {
  readonly #days: number;
  readonly #all: DayLoad;
  readonly #groups = new Map<string, DayLoad>();

  /** @param days how many are looked at */
  constructor(days: number) {
    this.#days = days;
    this.#all = new DayLoad(days);
  }

  place<J extends Placeable>(job: J): J {
    const group = this.#groupOf(job);
    const { combs, expressions } = job.isStaggered
      ? this.#choose(job, group)
      : { combs: this.#fixed(job), expressions: job.expressions };
    for (const comb of combs) {
      this.#all.add(comb);
      group?.add(comb);
    }
    return { ...job, expressions };
  }

  /** Asks one question after the other, each about the offsets that the ones before found equally good. */
  #choose(job: Placeable, group: DayLoad | undefined) {
    const interval = (job.interval ?? 0) / MINUTE;
    const questions: ((comb: Comb) => readonly number[])[] = [
      ...(group ? [(comb: Comb) => group.meet(comb)] : []),
      (comb) => this.#all.meet(comb),
      (comb) => [-this.#all.company(comb)],
      (comb) => ROUND.meet(comb),
    ];
    const combs = this.#combs(job, [...Array(interval).keys()], interval);
    const [best] = questions.reduce<readonly Comb[]>(leastBy, combs) as [Comb];
    return { combs: [best], expressions: everyExpressions(interval, combs.indexOf(best)) };
  }

  #groupOf({ group }: Placeable): DayLoad | undefined {
    if (!group) return undefined;
    const load = this.#groups.get(group.name) ?? new DayLoad(this.#days);
    this.#groups.set(group.name, load);
    return load;
  }

  /** Of a job that says its times itself: a comb for each minute. */
  #fixed(job: Placeable): Comb[] {
    const minutes = new Set(job.expressions.flatMap(minutesOf));
    return this.#combs(job, [...minutes], DAY_MINUTES);
  }

  /** @param walls the minute of the first tick of each, on the clock of the job's zone */
  #combs({ timeZone, load }: Placeable, walls: readonly number[], interval: number): Comb[] {
    const ahead = minutesAhead(timeZone).slice(0, this.#days);
    const run = folded(load, interval);
    return walls.map((wall) => {
      const firsts = ahead.map((minutes) => modulo(wall - minutes, interval));
      return { firsts, interval, load: run };
    });
  }
}

/** Runs that are longer than the interval lie over the next ones. */
function folded(load: readonly number[], interval: number): readonly number[] {
  if (load.length <= interval) return load;
  const sums = new Array<number>(interval).fill(0);
  for (const [minute, part] of load.entries())
    sums[minute % interval] = (sums[minute % interval] ?? 0) + part;
  return sums;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** Those with the least answer, numbers compared one after the other. */
function leastBy(combs: readonly Comb[], ask: (comb: Comb) => readonly number[]): readonly Comb[] {
  if (combs.length === 1) return combs;
  const answers = combs.map(ask);
  const least = answers.reduce((a, b) => (compare(b, a) < 0 ? b : a));
  return combs.filter((_, i) => compare(answers[i] as readonly number[], least) === 0);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, i) => value !== b[i]);
  return i < 0 ? 0 : (a[i] as number) - (b[i] as number);
}
