import { describe, expect, test } from 'vitest';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Settings } from '../../../core/schedule/settings.ts';

const MINUTE = 60_000;
const resolve = (settings: unknown, name = 'report') => resolveJob(name, settings as Settings);

describe('defaults', () => {
  test('every one of them', () => {
    expect(resolve({ every: '10 minutes' })).toEqual({
      name: 'report',
      expressions: ['cron(0/10 * * * ? *)'],
      timeZone: 'UTC',
      interval: 10 * MINUTE,
      isStaggered: false,
      weight: 1,
      jitter: 0,
      payload: undefined,
      timeout: 5 * MINUTE,
      memory: 256,
      misfireGrace: 10 * MINUTE,
      catchUp: 'none',
      retryDelays: [1, 5, 15, 30, 60].map((minutes) => minutes * MINUTE),
      pauseAfter: 5,
      warnAfter: [
        { level: 'warning', after: 2.5 * MINUTE },
        { level: 'critical', after: 4 * MINUTE },
        { level: 'emergency', after: 4.75 * MINUTE },
      ],
      concurrency: 1,
      overlap: 'skip',
      group: undefined,
      priority: 0,
      enabled: true,
      handler: 'report',
      access: [],
      description: 'report',
    });
  });

  test.each([
    [{ every: '1 minute' }, 1],
    [{ every: '6 hours' }, 60],
    [{ cron: '0 9 * * ? *' }, 60],
    [{ cron: '0/20 9-17 ? * MON-FRI *' }, 20],
    [{ at: '2026-12-24T18:00' }, 60],
    [{ every: '10 minutes', jitter: '5 minutes' }, 15],
    [{ every: '10 minutes', misfireGrace: '2 minutes' }, 2],
  ])('misfire grace of %j: %i minutes', (settings, minutes) => {
    expect(resolve(settings).misfireGrace).toBe(minutes * MINUTE);
  });
});

test.each([
  'UTC',
  'Asia/Kolkata',
  'Europe/Kyiv',
  'America/Argentina/Buenos_Aires',
  'Etc/UTC',
  'Europe/Oslo',
])('the time zone %s', (timeZone) => {
  expect(resolve({ cron: '0 9 * * ? *', timeZone }).timeZone).toBe(timeZone);
});

describe('what can not be deployed is refused in one line with the job, the field and the mend', () => {
  test.each([
    [
      'a misspelt unit',
      { every: '5 minuts' },
      "every: '5 minuts' is not a duration; write a whole number and second(s), minute(s), hour(s) or day(s), such as '5 minutes'",
    ],
    ['no time at all', { every: '0 minutes' }, "every: '0 minutes' is not a duration"],
    [
      'an interval that does not divide a day',
      { every: '7 minutes' },
      "the nearest that do are '6 minutes' and '8 minutes' (or say phase: 'any')",
    ],
    ['half minutes', { every: '90 seconds' }, 'must be whole minutes'],
    [
      'an offset past the interval',
      { every: '1 hour', offset: '1 hour' },
      "offset: '1 hour' must be less than the interval",
    ],
    [
      'an offset with any phase',
      { every: '7 minutes', phase: 'any', offset: '1 minute' },
      'offset: an interval with phase',
    ],
    ['no schedule', {}, 'give exactly one of them; none is given'],
    ['two schedules', { every: '1 hour', cron: '0 9 * * ? *' }, 'every and cron are given'],
    [
      'a crontab line',
      { cron: '0 9 * * 1-5' },
      "cron: '0 9 * * 1-5' has 5 field(s), EventBridge's cron has six (minutes, hours, day of month, month, day of week, year); perhaps '0 9 ? * 2-6 *'",
    ],
    [
      'two day fields',
      { cron: '0 9 * * * *' },
      "must have '?' in exactly one of day of month and day of week",
    ],
    ['a minute past 59', { cron: '70 9 * * ? *' }, 'Invalid value for minute: 70'],
    ['weekday 0', { cron: '0 9 ? * 0 *' }, 'days of the week are 1-7 from Sunday'],
    ['a wrapped range', { cron: '0 22-2 * * ? *' }, 'ranges such as 1-5 (low to high)'],
    [
      'what only croner knows',
      { cron: '0 9 ? * 6#L *' },
      "'6#L' is not a value of the field 'day of week'",
    ],
    ['a day that never comes', { cron: '0 9 31 2 ? *' }, 'never comes due'],
    [
      'an unknown zone',
      { cron: '0 9 * * ? *', timeZone: 'Europe/Olso' },
      "timeZone: 'Europe/Olso' is not an IANA time zone; perhaps 'Europe/Oslo'",
    ],
    [
      'a zone by its offset',
      { cron: '0 9 * * ? *', timeZone: '+01:00' },
      'is not an IANA time zone',
    ],
    ['a time with a zone', { at: '2026-12-24T18:00Z' }, 'is not a local time'],
    [
      'a time in a gap',
      { at: '2026-03-29T02:30', timeZone: 'Europe/Oslo' },
      'does not exist in Europe/Oslo',
    ],
    [
      'a timeout over 15 minutes',
      { every: '1 hour', timeout: '16 minutes' },
      "timeout: '16 minutes' is outside 5 seconds to 15 minutes",
    ],
    [
      'too little memory',
      { every: '1 hour', memory: 64 },
      'memory: 64 is not a whole number of megabytes from 128 to 10240',
    ],
    [
      'a date in the payload',
      { every: '1 hour', payload: { on: [new Date(0)] } },
      'payload: payload.on.0 is a Date, which is not JSON',
    ],
    [
      'a function in the payload',
      { every: '1 hour', payload: () => 1 },
      'payload is a function, which is not JSON',
    ],
    [
      'no number',
      { every: '1 hour', payload: { n: Number.NaN } },
      'payload.n is NaN, which is not JSON',
    ],
    [
      'undefined inside',
      { every: '1 hour', payload: { n: undefined } },
      'payload.n is undefined, which is not JSON',
    ],
    ['a big integer', { every: '1 hour', payload: 1n }, 'payload is a bigint'],
  ])('%s', (_, settings, mend) => {
    const refuse = () => resolve(settings);
    expect(refuse).toThrow(/^job 'report': [^\n]+$/);
    expect(refuse).toThrow(mend);
  });

  test('the name of something every object has', () => {
    expect(() => resolve({ every: '1 hour' }, 'constructor')).toThrow(
      "job 'constructor': name: is a word of JavaScript itself; choose another",
    );
  });

  test('a payload that contains itself', () => {
    const payload: Record<string, unknown> = {};
    payload.me = payload;
    expect(() => resolve({ every: '1 hour', payload })).toThrow('payload.me contains itself');
  });

  test.each(['x'.repeat(65), 'with space', 'a/b', ''])("the name '%s'", (name) => {
    expect(() => resolve({ every: '1 hour' }, name)).toThrow(/name: must be 1 to 64 letters/);
  });
});
