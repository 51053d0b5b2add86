import { describe, expect, test } from 'vitest';
import { Calendar } from '../../../cli/plan/calendar.ts';
import { changeOf } from '../../../cli/plan/change.ts';
import { costOf } from '../../../cli/plan/cost.ts';
import { forecast } from '../../../cli/plan/forecast.ts';
import { ASSUMED, STACK } from '../../../cli/plan/prices.ts';
import { changeInWords, often } from '../../../cli/plan/words.ts';
import { type Deployed, deployedOf } from '../../../core/run/limits.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Settings } from '../../../core/schedule/settings.ts';
import { templateOf } from '../../support/template.ts';

/** A Sunday; the week after it has no change of summer time. */
const NOW = Date.parse('2026-03-01T10:17:30Z');

function deployed(name: string, settings: Settings): Deployed {
  return deployedOf(resolveJob(name, settings));
}

describe('the ticks of a job', () => {
  const calendar = new Calendar(NOW);

  function change(before: Settings | undefined, after: Settings | undefined) {
    const [old, fresh] = [before, after].map((one) => one && deployed('a', one));
    const found = changeOf('a', old, fresh, calendar);
    return { ...found, words: changeInWords(found) };
  }

  test('more of them', () => {
    expect(change({ every: '10 minutes' }, { every: '5 minutes' })).toEqual({
      job: 'a',
      change: 'changed',
      before: 144,
      after: 288,
      added: 144,
      moved: 0,
      removed: 0,
      words: '144 a day more',
    });
  });

  test('moved, all by the same', () => {
    const after = { every: '10 minutes', offset: '3 minutes' } as const;
    expect(change({ every: '10 minutes' }, after)).toMatchObject({
      added: 0,
      moved: 144,
      removed: 0,
      by: 180_000,
      words: '144 a day moved, 3 minutes later',
    });
  });

  test('moved by another zone', () => {
    const after = { cron: '0 9 * * ? *', timeZone: 'Europe/Oslo' };
    expect(change({ cron: '0 9 * * ? *' }, after)).toMatchObject({
      moved: 1,
      by: -3_600_000,
      words: '1 a day moved, 1 hour earlier',
    });
  });

  test('of one that fires seldom, over a year: summer time moves half of them', () => {
    const before = { cron: '0 9 1 * ? *' };
    const found = change(before, { ...before, timeZone: 'Europe/Oslo' });
    expect(found.moved * 365).toBeCloseTo(12);
    expect(found).not.toHaveProperty('by'); // one hour in winter, two in summer
    expect(found.words).toBe('12 a year moved');
  });

  test('less of them, and others', () => {
    const found = change({ cron: '0 6-9 * * ? *' }, { cron: '0 9-10 * * ? *' });
    expect(found).toMatchObject({ added: 0, moved: 1, removed: 2 });
  });

  test('new, gone, off, and as before', () => {
    const settings = { every: '1 hour' } as const;
    expect(change(undefined, settings)).toMatchObject({ change: 'new', added: 24, words: 'new' });
    expect(change(settings, undefined)).toMatchObject({ change: 'gone', removed: 24 });
    expect(change(settings, { ...settings, enabled: false })).toMatchObject({
      change: 'changed',
      after: 0,
      words: '24 a day less',
    });
    // Another way to write the same times is no change.
    expect(change(settings, { cron: '0 * * * ? *' })).toMatchObject({ change: 'same', words: '' });
  });

  test('how often', () => {
    expect([144, 1.5, 1, 2 / 7, 1 / 365, 0].map(often)).toEqual([
      '144 a day',
      '1.5 a day',
      '1 a day',
      '2 a week',
      '1 a year',
      'none',
    ]);
  });
});

describe('the starts of a day', () => {
  const before = [deployed('a', { every: '10 minutes' }), deployed('b', { every: '1 hour' })];
  const after = [
    deployed('a', { every: '10 minutes', offset: '1 minute' }),
    deployed('b', { every: '1 hour' }),
    deployed('c', { cron: '0 9 ? * WED *' }),
  ];

  test('on the busiest day of the week', () => {
    const { day, starts } = forecast(before, after, new Map(), NOW);
    expect(new Date(day).toISOString()).toBe('2026-03-04T00:00:00.000Z');
    expect(starts).toEqual({
      before: { count: 168, fullest: { at: day, jobs: ['a', 'b'] }, shared: 24 },
      after: { count: 169, fullest: { at: day + 9 * 3_600_000, jobs: ['b', 'c'] }, shared: 1 },
      packed: starts.after,
    });
  });

  test('of an empty list', () => {
    const { jobs, starts } = forecast(undefined, [], new Map(), NOW);
    expect(jobs).toEqual([]);
    expect(starts.after).toEqual({ count: 0, shared: 0 });
  });
});

describe('the cost of a month', () => {
  const calendar = new Calendar(NOW);
  const job = deployed('a', { every: '1 minute', memory: 1_024 });
  const none = costOf([], calendar);

  function costOfJob(duration: number, one = job) {
    const all = costOf([{ ...one, duration }], calendar);
    return { lambda: all.lambda - none.lambda, cloudwatch: all.cloudwatch - none.cloudwatch, all };
  }

  test('of a job that runs every minute, by hand', () => {
    const runs = 43_800; // 730 hours
    const { lambda, all } = costOfJob(970);
    expect(ASSUMED.ledger).toBe(30);
    expect(lambda).toBeCloseTo(runs * (0.2e-6 + 0.0000133334), 6);
    expect(all.scheduler - none.scheduler).toBeCloseTo(runs * 1e-6, 6);
    // Three writes a run; the sweeper reads one lock more.
    expect(all.dynamodb - none.dynamodb).toBeCloseTo(runs * 3 * 0.625e-6 + 8_760 * 0.125e-6, 6);
    expect(all.total).toBeCloseTo(all.lambda + all.scheduler + all.dynamodb + all.cloudwatch, 6);
  });

  test('a metric costs by the hours that have a datum', () => {
    const logs = (runs: number) => (runs * 2_000 * 0.5) / 1e9;
    // Its own four, and those of the stack.
    expect(costOfJob(0).cloudwatch - logs(43_800)).toBeCloseTo(8 * 0.3, 4);
    const daily = deployed('a', { cron: '0 9 * * ? *' });
    expect(costOfJob(0, daily).cloudwatch - logs(30.4)).toBeCloseTo((8 * 0.3) / 24, 4);
  });

  test('a job that is off costs nothing by itself', () => {
    const { lambda, cloudwatch } = costOfJob(1_000, { ...job, enabled: false });
    expect([lambda, cloudwatch]).toEqual([0, 0]);
  });

  test('where runs are far apart, each is a cold start', () => {
    const apart = deployed('a', { every: '10 minutes', memory: 1_024 });
    expect(costOfJob(570, apart).lambda).toBeCloseTo(4_380 * (0.2e-6 + 0.0000133334), 6);
  });
});

test('what the stack has, whatever its list, is what the template has', async () => {
  const template = await templateOf();
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const looked = alarms.map(
    ({ Properties: { Metrics } }) =>
      Metrics?.filter((one: { MetricStat?: object }) => one.MetricStat).length ?? 1,
  );
  expect(looked.reduce((sum, count) => sum + count, 0)).toBe(STACK.alarmMetrics);
  template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', STACK.compositeAlarms);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', STACK.dashboards);
});
