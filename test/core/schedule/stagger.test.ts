import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../core/schedule/compile.ts';
import { DAY, MINUTE } from '../../../core/schedule/duration.ts';
import { minutesOf } from '../../../core/schedule/minutes.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import { runLoad } from '../../../core/schedule/run-load.ts';
import type { Settings } from '../../../core/schedule/settings.ts';
import { type Placeable, stagger } from '../../../core/schedule/stagger.ts';
import { ticksOfAll } from '../../../core/schedule/ticks.ts';

const GROUPS = { mail: { limit: 1 }, database: { limit: 2 } };
/** Minutes: what people write, each a multiple of five, so that few meet because they must. */
const REGULAR = [5, 10, 15, 20, 30, 60, 120, 240, 360, 480, 720, 1440];
const ANY = Array.from({ length: 1440 }, (_, i) => i + 1).filter((n) => 1440 % n === 0);

function listOf(settings: readonly Settings[], durations?: Record<string, number>) {
  return settings.map((one, i) => {
    const job = resolveJob(`job-${i}`, one, GROUPS);
    return { ...job, load: runLoad(job, durations) };
  });
}

function auto(minutes: number, more: object = {}): Settings {
  return { every: `${minutes} minutes`, offset: 'auto', ...more } as Settings;
}

/** Starts in each minute of a day (UTC), by the ticks that EventBridge would fire. */
function startsOn(day: string, jobs: readonly Pick<Placeable, 'expressions' | 'timeZone'>[]) {
  const from = new Date(`${day}T00:00Z`);
  const to = new Date(from.getTime() + DAY);
  const starts = new Array<number>(1440).fill(0);
  for (const { expressions, timeZone } of jobs) {
    for (const tick of ticksOfAll(expressions, timeZone, from, to)) {
      const minute = (Date.parse(tick) - from.getTime()) / MINUTE;
      starts[minute] = (starts[minute] ?? 0) + 1;
    }
  }
  return starts;
}

/** The same of jobs in UTC, much faster. */
function starts(jobs: readonly Pick<Placeable, 'expressions'>[]): number[] {
  const day = new Array<number>(1440).fill(0);
  for (const { expressions } of jobs)
    for (const minute of expressions.flatMap(minutesOf)) day[minute] = (day[minute] ?? 0) + 1;
  return day;
}

const expressionsOf = (jobs: readonly Placeable[]) => jobs.map(({ expressions }) => expressions);

/** Anything that a list may have. */
const anySettings = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ANY).map((minutes) => auto(minutes)) },
  fc
    .record({
      minutes: fc.constantFrom(...REGULAR),
      group: fc.constantFrom('mail', 'database'),
      weight: fc.integer({ min: 1, max: 1000 }),
      timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Oslo', 'America/Santiago'),
    })
    .map(({ minutes, ...more }) => auto(minutes, more)),
  fc.constantFrom<Settings>(
    { cron: '0 9 * * ? *', timeZone: 'America/New_York' },
    { cron: '0/15 8-17 ? * MON-FRI *' },
    { every: '10 minutes', offset: '3 minutes' },
    { every: '7 minutes', phase: 'any' },
    { at: '2026-12-24T18:00', timeZone: 'Europe/Oslo' },
  ),
);

describe('a job added at the end', () => {
  test('moves none, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(anySettings, { maxLength: 12 }), anySettings, (settings, added) => {
        const before = stagger(listOf(settings));
        const after = stagger(listOf([...settings, added]));
        expect(expressionsOf(after).slice(0, -1)).toEqual(expressionsOf(before));
      }),
      { numRuns: 60 },
    );
  });

  test('the same list has the same offsets, and all else of a job stays', () => {
    fc.assert(
      fc.property(fc.array(anySettings, { maxLength: 8 }), (settings) => {
        const jobs = listOf(settings);
        const placed = stagger(jobs);
        expect(stagger(listOf(settings))).toEqual(placed);
        for (const [i, job] of jobs.entries()) {
          const fixed = job.isStaggered ? {} : { expressions: job.expressions };
          expect(placed[i]).toEqual({ ...job, expressions: placed[i]?.expressions, ...fixed });
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the fullest minute', () => {
  const bound = (day: readonly number[]) => Math.ceil(day.reduce((a, b) => a + b, 0) / 1440);

  test('has at most one start more than the least possible, in any order of the list', () => {
    const lists = fc.array(fc.constantFrom(...REGULAR), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lists, (intervals) => {
        const day = starts(stagger(listOf(intervals.map((minutes) => auto(minutes)))));
        expect(Math.max(...day)).toBeLessThanOrEqual(bound(day) + 1);
      }),
      { numRuns: 150 },
    );
  });

  // The seldom ones first is the hard order: spread evenly, they leave no place for what comes often.
  test.each([
    ['often first', (a: number, b: number) => a - b],
    ['seldom first', (a: number, b: number) => b - a],
  ])('of many jobs, %s', (_, order) => {
    for (let size = 20; size <= 120; size += 10) {
      const intervals = Array.from({ length: size }, (_, i) => REGULAR[(i * i) % 11] as number);
      const day = starts(stagger(listOf(intervals.sort(order).map((minutes) => auto(minutes)))));
      expect(Math.max(...day), `${size} jobs`).toBeLessThanOrEqual(bound(day) + 1);
    }
  });

  test('has one start, where the jobs fill the day to the last minute', () => {
    const intervals = [...new Array<number>(720).fill(1440), 4, 8, 16, 32, 32];
    const day = starts(stagger(listOf(intervals.map((minutes) => auto(minutes)))));
    expect(Math.max(...day)).toBe(1);
    expect(day.filter((one) => one === 0)).toHaveLength(0);
  });

  test('is least by weight, not by starts', () => {
    const list = [auto(60, { weight: 5 }), ...new Array(120).fill(auto(60))];
    const [heavy, ...light] = stagger(listOf(list));
    const [at = -1] = minutesOf(heavy?.expressions[0] ?? '');
    const day = starts(light);
    expect(day[at]).toBe(0);
    expect(Math.max(...day)).toBe(3);
  });

  test('counts the minutes that runs go on', () => {
    const durations = { 'job-0': 30 * MINUTE, 'job-1': 30 * MINUTE };
    const placed = stagger(listOf([auto(60), auto(60)], durations));
    const [first = 0, second = 0] = placed.map(
      ({ expressions }) => minutesOf(`${expressions[0]}`)[0],
    );
    expect(Math.abs(first - second)).toBe(30);
  });

  test('a run longer than its interval lies over its own next ones', () => {
    // Seven minutes of every five: in the first two of the five, two go at once. Those may not meet the
    // minutes of four others, although the emptiest one lies between them.
    const others = [4, 0, 4, 3, 3].flatMap((count, minute) =>
      new Array<Settings>(count).fill({ cron: `${minute}/5 * * * ? *` }),
    );
    const list = [...others, auto(5)];
    const durations = Object.fromEntries(list.map((_, i) => [`job-${i}`, MINUTE]));
    const placed = stagger(listOf(list, { ...durations, [`job-${others.length}`]: 7 * MINUTE }));
    expect(placed.at(-1)?.expressions).toEqual(['cron(3/5 * * * ? *)']);
  });
});

describe('what says its times itself is packed around', () => {
  test.each<[string, Settings]>([
    ['a cron', { cron: '1-59 * * * ? *' }],
    ['a cron of one day in the week', { cron: '1-59 * ? * SUN *' }],
    ['a cron of another zone', { cron: '31-59,0-29 * * * ? *', timeZone: 'Asia/Kolkata' }],
  ])('%s', (_, fixed) => {
    const [, placed] = stagger(listOf([fixed, auto(60)]));
    expect(placed?.expressions).toEqual(['cron(0 * * * ? *)']);
  });

  test('an offset by hand', () => {
    const hand: Settings[] = [0, 1, 2, 4].map((minute) =>
      minute === 0
        ? { every: '5 minutes' }
        : ({ every: '5 minutes', offset: `${minute} minutes` } as Settings),
    );
    const placed = stagger(listOf([...hand, auto(5)]));
    expect(placed.at(-1)?.expressions).toEqual(['cron(3/5 * * * ? *)']);
  });

  test('a single time', () => {
    const single: Settings[] = Array.from({ length: 59 }, (_, i) => ({
      at: `2026-12-24T18:${String(i + 1).padStart(2, '0')}`,
    }));
    const placed = stagger(listOf([...single, auto(60)]));
    expect(placed.at(-1)?.expressions).toEqual(['cron(0 * * * ? *)']);
  });

  test('what is switched off keeps its place', () => {
    const [, on] = stagger(listOf([auto(10), auto(10)]));
    const [, off] = stagger(listOf([auto(10, { enabled: false }), auto(10)]));
    expect(off?.expressions).toEqual(on?.expressions);
  });

  test('round times are left to those who come later', () => {
    const placed = stagger(listOf(REGULAR.map((minutes) => auto(minutes))));
    const day = starts(placed);
    expect(day[0]).toBe(0);
    expect(day[540]).toBe(0);
  });
});

describe('daylight saving', () => {
  test('jobs are apart by both clocks of a zone', () => {
    // From 8 to 9 UTC in winter, from 7 to 8 in summer: 22 hours are free in both.
    const oslo: Settings = { cron: '* 9 * * ? *', timeZone: 'Europe/Oslo' };
    const placed = stagger(listOf([oslo, ...new Array(1_320).fill(auto(1440))]));
    for (const day of ['2026-01-14', '2026-07-15'])
      expect(Math.max(...startsOn(day, placed))).toBe(1);
  });

  test('an interval in a zone is placed where it fires in UTC', () => {
    const list = [auto(60, { timeZone: 'Asia/Kolkata' }), { cron: '0-28,30-59 * * * ? *' }];
    const [, placed] = stagger(listOf([list[1] as Settings, list[0] as Settings]));
    expect(placed?.expressions).toEqual(['cron(59 * * * ? *)']);
  });
});

describe('jobs of one group', () => {
  test('are apart first, even where others are met for it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...REGULAR), { minLength: 1, maxLength: 5 }),
        fc.array(fc.constantFrom(...REGULAR), { maxLength: 15 }),
        (mail, others) => {
          const list = [
            ...others.map((minutes) => auto(minutes)),
            ...mail.map((minutes) => auto(minutes, { group: 'mail' })),
          ];
          const grouped = stagger(listOf(list)).filter(({ group }) => group?.name === 'mail');
          expect(Math.max(...starts(grouped))).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('of two groups may meet', () => {
    const group = (name: string) => new Array<Settings>(5).fill(auto(5, { group: name }));
    const placed = stagger(listOf([...group('mail'), ...group('database')]));
    expect(starts(placed)).toEqual(new Array(1440).fill(2));
  });
});

test('a schedule that stands alone has nothing to be apart from', () => {
  expect(() => compile('report', { every: '1 hour', offset: 'auto' }, 'UTC')).toThrow(
    "job 'report': offset: 'auto' is chosen among the jobs of a list; here, give a length, such as '3 minutes'",
  );
});
