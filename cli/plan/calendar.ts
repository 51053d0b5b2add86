import type { Deployed } from '../../core/run/limits.ts';
import { DAY, MINUTE } from '../../core/schedule/duration.ts';
import { ticksOfAll } from '../../core/schedule/ticks.ts';

/** What the ticks of a job hang on. */
export type Timed = Pick<Deployed, 'expressions' | 'timeZone' | 'enabled'>;

/** When a job fires, over so many days. */
export interface Times {
  /** In milliseconds since 1970, in order. */
  times: readonly number[];
  days: number;
}

const WEEK_DAYS = 7;
const YEAR_DAYS = 365;
/** A week shows too little of what fires less often than this in it. */
const FEW = 7;

/** When jobs fire in the time to come. What was found once is kept: to find a tick takes its time. */
export class Calendar {
  /** The seven whole days after today (UTC): they have every weekday once. */
  readonly weekStart: number;
  readonly #yearStart: number;
  readonly #found = new Map<string, readonly number[]>();

  /** @param now milliseconds since 1970 */
  constructor(now: number) {
    this.weekStart = (Math.floor(now / DAY) + 1) * DAY;
    this.#yearStart = (Math.floor(now / MINUTE) + 1) * MINUTE;
  }

  /** In the week after today; never where the job is off, or not there. */
  inWeek(job: Timed | undefined): readonly number[] {
    return this.#times(job, this.weekStart, WEEK_DAYS);
  }

  /** Of jobs that are compared, over the same days: a week, or a year where one of them fires seldom. */
  comparable(jobs: readonly (Timed | undefined)[]): Times[] {
    const weeks = jobs.map((job) => this.inWeek(job));
    const isSeldom = jobs.some((job, i) => job?.enabled && (weeks[i]?.length ?? 0) < FEW);
    if (!isSeldom) return weeks.map((times) => ({ times, days: WEEK_DAYS }));
    return jobs.map((job) => ({
      times: this.#times(job, this.#yearStart, YEAR_DAYS),
      days: YEAR_DAYS,
    }));
  }

  #times(job: Timed | undefined, from: number, days: number): readonly number[] {
    if (!job?.enabled) return [];
    const { expressions, timeZone } = job;
    const key = [from, days, timeZone, ...expressions].join('\n');
    const known = this.#found.get(key);
    if (known) return known;
    const end = new Date(from + days * DAY);
    const times = ticksOfAll(expressions, timeZone, new Date(from), end).map(Date.parse);
    this.#found.set(key, times);
    return times;
  }
}
