import { describe, expect, test } from 'vitest';
import { wallTimes } from '../../../core/schedule/cron.ts';
import { minutesOf } from '../../../core/schedule/minutes.ts';

describe('the minutes of a cron expression are those at which it fires', () => {
  test.each([
    '0 9',
    '* *',
    '*/7 *',
    '0/10 *',
    '3/10 0/2',
    '5-20 1-3',
    '5-20/5 1,3,5',
    '1,2,50-59/4 8-18/5',
    '59 23',
  ])('%s', (fields) => {
    const fired = wallTimes(`${fields} * * ? *`).nextRuns(1441, new Date('2026-01-13T23:59:59Z'));
    const minutes = fired
      .filter((time) => time < new Date('2026-01-15T00:00Z'))
      .map((time) => time.getUTCHours() * 60 + time.getUTCMinutes());
    expect(minutesOf(`cron(${fields} * * ? *)`)).toEqual(minutes);
  });
});

test.each([
  ['cron(0 9 1 1 ? 2030)', [540]],
  ['cron(30 2 ? * SUN#2 *)', [150]],
  ['at(2026-12-24T18:00:00)', [1080]],
  ['rate(7 minutes)', []],
])('%s counts on every day: %j', (expression, minutes) => {
  expect(minutesOf(expression)).toEqual(minutes);
});
