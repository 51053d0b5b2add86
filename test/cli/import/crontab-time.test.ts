import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCrontabTime } from '../../../cli/import/crontab-time.ts';
import { NotCarried } from '../../../cli/import/imported.ts';
import { compile } from '../../../core/schedule/compile.ts';
import { ticksOfAll } from '../../../core/schedule/ticks.ts';

test.each([
  ['*/5 * * * *', { every: '5 minutes' }],
  ['3-59/10 * * * *', { every: '10 minutes', offset: '3 minutes' }],
  ['0 * * * *', { every: '1 hour' }],
  ['@hourly', { every: '1 hour' }],
  ['15 */6 * * *', { every: '6 hours', offset: '15 minutes' }],
  ['0 0,12 * * *', { every: '12 hours' }],
  // A step that does not divide the hour begins anew in each.
  ['*/7 * * * *', { cron: '0/7 * * * ? *' }],
  ['30 4 * * *', { cron: '30 4 * * ? *' }],
  ['0 9 * * 1-5', { cron: '0 9 ? * MON-FRI *' }],
  ['0 9 * * mon,wed', { cron: '0 9 ? * MON,WED *' }],
  // Sunday is 0, and 7; EventBridge's is 1.
  ['0 9 * * 0', { cron: '0 9 ? * SUN *' }],
  ['0 9 * * 5-7', { cron: '0 9 ? * SUN,FRI,SAT *' }],
  ['@weekly', { cron: '0 0 ? * SUN *' }],
  ['@yearly', { cron: '0 0 1 1 ? *' }],
  ['0 0 1 jan-mar *', { cron: '0 0 1 1-3 ? *' }],
  ['0 0 */2 * *', { cron: '0 0 1/2 * ? *' }],
  ['1-59/13 8-18 * * *', { cron: '1/13 8-18 * * ? *' }],
  ['5/20 2 * * *', { cron: '5/20 2 * * ? *' }],
  // The star makes cron want both: the first Monday of the month.
  ['0 9 */32,1-7 * mon', { cron: '0 9 ? * MON#1 *' }],
  ['0 9 1-31 * mon', { cron: '0 9 * * ? *' }],
])('%s', (text, expected) => {
  expect(readCrontabTime(text).all).toEqual([expected]);
});

test('days of the month and of the week, of which either will do, are two entries', () => {
  const { all, remark } = readCrontabTime('0 9 13 * 5');
  expect(all).toEqual([{ cron: '0 9 13 * ? *' }, { cron: '0 9 ? * FRI *' }]);
  expect(remark).toContain('both run on a day that is both');
});

test('a step that begins anew in every hour is told of', () => {
  expect(readCrontabTime('*/7 * * * *').remark).toContain('56 past');
  expect(readCrontabTime('*/15 * * * *').remark).toBeUndefined();
});

test.each([
  ['@reboot', 'no machine that boots'],
  ['@every_second', "'@every_second' is no time"],
  ['60 * * * *', "'60' of the minutes is no value"],
  ['* 24 * * *', "'24' of the hours"],
  ['0 0 * * fri-mon', 'write it as two ranges, such as 5-7,0-1'],
  ['0~30 * * * *', 'a value chosen at random'],
  ['H * * * *', 'a value chosen at random'],
  ['*/0 * * * *', "'*/0' of the minutes"],
  ['1,x * * * *', "'x' in '1,x' of the minutes"],
  ['0 0 */2 * mon', 'more than EventBridge'],
])('%s is not carried over', (text, why) => {
  expect(() => readCrontabTime(text)).toThrow(NotCarried);
  expect(() => readCrontabTime(text)).toThrow(why);
});

/** A field of a crontab: all, a value, a range or a step, or a list of such. */
function fieldOf(from: number, to: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: from, max: to });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: to });
  const part = fc.oneof(
    fc.constant('*'),
    value.map(String),
    range,
    fc.tuple(range, step).map(([r, s]) => `${r}/${s}`),
    step.map((s) => `*/${s}`),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
}

describe('against croner, which reads crontabs too', () => {
  const from = new Date('2027-01-30T00:00Z');
  const to = new Date('2027-03-02T00:00Z');

  /** Their times, by a reader of crontabs that is not ours. */
  function timesOf(text: string): string[] {
    const cron = new Cron(text, { timezone: 'UTC', legacyMode: true });
    const times: string[] = [];
    for (let at = cron.nextRun(new Date(from.getTime() - 1)); at && at < to; at = cron.nextRun(at))
      times.push(`${at.toISOString().slice(0, 16)}Z`);
    return times;
  }

  function ours(text: string): string[] {
    const { all } = readCrontabTime(text);
    const expressions = all.flatMap((when) => compile('job', when, 'UTC'));
    return ticksOfAll(expressions, 'UTC', from, to);
  }

  test('the same times, whatever the fields', { timeout: 120_000 }, () => {
    const days = fc.oneof(
      fc.tuple(fieldOf(1, 28), fc.constant('*')),
      fc.tuple(fc.constant('*'), fieldOf(0, 7)),
      // Without stars: cron takes either.
      fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 6 })),
    );
    // Few minutes, few hours: the days are what differs.
    const times = fc.tuple(fieldOf(0, 59), fc.integer({ min: 0, max: 23 }), days, fieldOf(1, 12));
    fc.assert(
      fc.property(times, ([minute, hour, [day, weekday], month]) => {
        const text = `${minute} ${hour} ${day} ${month} ${weekday}`;
        const { all } = readCrontabTime(text);
        fc.pre(all.every((when) => isDue(when)));
        expect(ours(text)).toEqual(timesOf(text));
      }),
      { numRuns: 60 },
    );
  });
});

function isDue(when: Parameters<typeof compile>[1]): boolean {
  try {
    return compile('job', when, 'UTC').length > 0;
  } catch {
    return false; // 30 February
  }
}
