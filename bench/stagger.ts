import { dayFigures } from '../core/schedule/day-starts.ts';
import { MINUTE } from '../core/schedule/duration.ts';
import { DAY_MINUTES, everyExpressions } from '../core/schedule/every.ts';
import { runLoad } from '../core/schedule/run-load.ts';
import { stagger as packed, staggerAll } from '../core/schedule/stagger.ts';
import { readList } from '../infra/list.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { rounded } from './rounds.ts';
import { mixedList, withDurations } from './stagger-lists.ts';
import { type Day, dayOfPlaced, WAYS } from './stagger-ways.ts';

const SIZES = [7, 20, 50, 100, 1_000, 10_000];

/** How full the fullest minute of the day is; the least possible is as many starts as there are to a minute. */
export const stagger: Benchmark = {
  name: 'stagger',
  title: 'Stagger: starts in the fullest minute of the day',
  async measure() {
    return SIZES.map((size) => {
      const jobs = mixedList(size);
      const start = performance.now();
      packed(jobs);
      const time = performance.now() - start;
      const days = Object.entries(WAYS).map(([name, way]) => ({ name, day: way(jobs) }));
      const starts = sum(WAYS.hash(jobs));
      const bound = Math.ceil(starts / DAY_MINUTES);
      const figures = days.map(({ name, day }) => [name, Math.max(...day)]);
      return {
        jobs: size,
        'starts a day': starts,
        bound,
        ...Object.fromEntries(figures),
        'hash x bound': rounded(Math.max(...WAYS.hash(jobs)) / bound, 2),
        'packed x bound': rounded(Math.max(...WAYS.packed(jobs)) / bound, 2),
        'ms to pack': rounded(time, 0),
      };
    });
  },
};

/** The same by load: how many runs go at once, on average over the fullest minute. */
export const staggerLoad: Benchmark = {
  name: 'stagger-load',
  title: 'Stagger by durations: runs at once in the fullest minute of the day, on average over it',
  async measure() {
    return SIZES.slice(1, -1).map((size) => {
      const jobs = withDurations(mixedList(size));
      const durations = Object.fromEntries(jobs.map(({ name, duration }) => [name, duration]));
      const heavy = jobs.map((job) => ({
        ...job,
        load: runLoad({ name: job.name, weight: 1 }, durations),
      }));
      const byStarts = packed(jobs).map((job, i) => ({ ...job, load: heavy[i]?.load ?? [] }));
      const atOnce = (day: Day) => rounded(Math.max(...day) / MINUTE, 1);
      return {
        jobs: size,
        'mean of the day': rounded(sum(WAYS.hash(heavy)) / DAY_MINUTES / MINUTE, 1),
        'all at :00': atOnce(WAYS['all at :00'](heavy)),
        jitter: atOnce(WAYS.jitter(heavy)),
        hash: atOnce(WAYS.hash(heavy)),
        'packed by starts': atOnce(dayOfPlaced(byStarts)),
        'packed by load': atOnce(WAYS.packed(heavy)),
      };
    });
  },
};

/** The list as it is, with the offsets its author chose, beside what packing makes of it. */
export const staggerList: Benchmark = {
  name: 'stagger-list',
  title: "Stagger of infra/schedules.ts: its own offsets, none, and 'auto' for every interval",
  async measure() {
    const list = await readList();
    const flat = list.map(({ interval, ...job }) =>
      interval ? { ...job, expressions: everyExpressions(interval / MINUTE, 0) } : job,
    );
    return [
      { offsets: 'none', ...figuresOf(dayOfPlaced(flat)) },
      { offsets: 'by hand', ...figuresOf(dayOfPlaced(list)) },
      { offsets: "'auto'", ...figuresOf(dayOfPlaced(staggerAll(list))) },
    ];
  },
};

function figuresOf(day: Day): Figures {
  const { count, fullest, shared } = dayFigures([...day]);
  return {
    'starts a day': count,
    'in the fullest minute': fullest.starts,
    'minutes with more than one': shared,
  };
}

function sum(day: Day): number {
  return day.reduce((total, one) => total + one, 0);
}
