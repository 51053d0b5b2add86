import { expect, test } from 'vitest';
import { readApscheduler } from '../../../cli/import/apscheduler.ts';
import { NotCarried } from '../../../cli/import/imported.ts';

const NOW = Date.parse('2026-11-22T12:00Z');

function read(...jobs: object[]) {
  const text = `[\n${jobs.map((job) => JSON.stringify({ id: 'a', func: 'm:f', ...job })).join(',\n')}\n]`;
  return readApscheduler(text, { timeZone: 'UTC', now: NOW });
}

function settingsOf(job: object) {
  const { description: _, ...settings } = read(job).entries[0]?.settings ?? {};
  return settings;
}

test('a job with all there is', () => {
  const job = {
    id: 'Send_Reminders',
    name: 'Sends reminders',
    func: 'app.tasks:send',
    args: ['a'],
    kwargs: { days: 7 },
    trigger: 'cron',
    day_of_week: 'mon-fri',
    hour: '9',
    timezone: 'Europe/Oslo',
    jitter: 90,
    misfire_grace_time: 90,
    max_instances: 3,
    next_run_time: null,
  };
  const { entries, remarks } = read(job);
  expect(entries).toEqual([
    {
      line: 2,
      name: 'send-reminders',
      settings: {
        cron: '0 9 ? * MON-FRI *',
        timeZone: 'Europe/Oslo',
        jitter: '2 minutes',
        concurrency: 3,
        misfireGrace: '2 minutes',
        enabled: false,
        payload: { args: ['a'], days: 7 },
        description: 'Sends reminders',
      },
      source: 'app.tasks:send, cron[day_of_week=mon-fri, hour=9, timezone=Europe/Oslo]',
    },
  ]);
  expect(remarks.map(({ what }) => what)).toEqual([
    'send-reminders: jitter of 90 seconds becomes whole minutes',
    'send-reminders: is paused: its entry is not enabled',
  ]);
});

test.each([
  // What is left out below the last field given is its smallest value; above it, all.
  [{ hour: '5' }, { cron: '0 5 * * ? *' }],
  [{ day: '15' }, { cron: '0 0 15 * ? *' }],
  [{ month: '1-3' }, { cron: '0 0 1 1-3 ? *' }],
  [{ minute: '*/10' }, { every: '10 minutes' }],
  [{ second: '0' }, { every: '1 minute' }],
  [{ year: '2027', month: '1' }, { cron: '0 0 1 1 ? 2027' }],
  // Its week begins on Monday, which is 0.
  [{ day_of_week: '0,6' }, { cron: '0 0 ? * SUN,MON *' }],
  [{ day: 'last' }, { cron: '0 0 L * ? *' }],
  [{ day: '3rd fri', hour: 2 }, { cron: '0 2 ? * FRI#3 *' }],
  [{ day: 'last sun' }, { cron: '0 0 ? * 1L *' }],
  // It wants both a day of the month and one of the week.
  [{ day: '8-14', day_of_week: 'tue' }, { cron: '0 0 ? * TUE#2 *' }],
])('cron %j', (fields, expected) => {
  expect(settingsOf({ trigger: 'cron', ...fields })).toEqual(expected);
});

test.each([
  [{ minutes: 15 }, { every: '15 minutes' }],
  // In the phase it has, by the clock that knows no summer time.
  [
    { hours: 1, start_date: '2026-03-01T00:05:30+01:00' },
    { every: '1 hour', offset: '5 minutes' },
  ],
  [
    { days: 1, start_date: '2026-03-01 06:00:00' },
    { every: '1 day', offset: '6 hours' },
  ],
  [{ weeks: 1, start_date: '2026-03-01T06:00:00Z' }, { cron: '0 6 ? * SUN *' }],
  [{ minutes: 7 }, { every: '7 minutes', phase: 'any' }],
])('interval %j', (fields, expected) => {
  expect(settingsOf({ trigger: 'interval', ...fields })).toEqual(expected);
});

test.each([
  ["cron[month='1', hour='9']", { cron: '0 9 * 1 ? *' }],
  [
    "<CronTrigger (hour='9', timezone='Europe/Oslo')>",
    { cron: '0 9 * * ? *', timeZone: 'Europe/Oslo' },
  ],
  ['interval[0:05:00]', { every: '5 minutes' }],
  ['interval[1 day, 0:00:00]', { every: '1 day' }],
  ['date[2030-12-24 18:00:00 UTC]', { at: '2030-12-24T18:00:00' }],
])('as Python prints it: %s', (trigger, expected) => {
  expect(settingsOf({ trigger })).toEqual(expected);
});

test('once, in its zone', () => {
  const job = { trigger: 'date', run_date: '2030-07-01T18:00:00+02:00', timezone: 'Europe/Oslo' };
  expect(settingsOf(job)).toEqual({ at: '2030-07-01T18:00:00', timeZone: 'Europe/Oslo' });
});

test.each([
  [{ trigger: 'date', run_date: '2020-01-01T00:00:00Z' }, 'is over'],
  [{ trigger: 'interval', seconds: 30 }, '30 seconds: EventBridge fires by the minute'],
  [{ trigger: 'interval', weeks: 2 }, '14 days has no place in a calendar'],
  [{ trigger: 'cron', second: '*/10' }, 'several seconds'],
  [{ trigger: 'cron', week: '2' }, 'weeks of the year'],
  [{ trigger: 'cron' }, 'has no fields'],
  [{ trigger: 'cron', hour: 1, timezone: 'Oslo' }, "'Oslo' is no IANA"],
  [{ trigger: 'cron', day: '1-10', day_of_week: 'mon' }, "more than EventBridge's cron can say"],
  [{ trigger: "or[cron[hour='1'], cron[hour='2']]" }, "'or' is none of cron, interval, date"],
  [{ trigger: { __apscheduler_class__: 'x', __apscheduler_state__: {} } }, 'pickled'],
  [{}, "'undefined' is none of"],
])('%j is left out', (job, why) => {
  const { entries, remarks } = read({ trigger: 'cron', hour: 1, id: 'kept' }, { id: 'b', ...job });
  expect(entries.map(({ name }) => name)).toEqual(['kept']);
  expect(remarks).toEqual([{ line: 3, what: expect.stringContaining(why), isLeftOut: true }]);
});

test('the lines of jobs whose text and arguments look like jobs', () => {
  const text = `{"x": {"y": 1},\n"jobs": [\n{"id": "a\\"[{", "func": "m:f", "args": [{}, [{}]],\n"trigger": "cron"},\n\n{"id": "b", "func": "m:f", "trigger": "cron"}]}`;
  const { remarks } = readApscheduler(text, { timeZone: 'UTC', now: NOW });
  expect(remarks.map(({ line }) => line)).toEqual([3, 6]);
});

test.each(['{', '{}', '[1]', 'null'])('%s is no dump', (text) => {
  expect(() => readApscheduler(text, { timeZone: 'UTC', now: NOW })).toThrow(NotCarried);
});
