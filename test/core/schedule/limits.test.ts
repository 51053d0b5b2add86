import { describe, expect, test } from 'vitest';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Settings } from '../../../core/schedule/settings.ts';

const MINUTE = 60_000;
const hourly = (settings: object) =>
  resolveJob('report', { every: '1 hour', ...settings } as Settings);

describe('what a run obeys', () => {
  test('its delays, or none', () => {
    expect(hourly({ retry: { delays: ['2 minutes', '1 day'] } }).retryDelays).toEqual([
      2 * MINUTE,
      1440 * MINUTE,
    ]);
    expect(hourly({ retry: { delays: [] } }).retryDelays).toEqual([]);
    const most = Array.from({ length: 20 }, () => '1 minute');
    expect(hourly({ retry: { delays: most } }).retryDelays).toHaveLength(20);
  });

  test.each([
    [1, 1],
    [1000, 1000],
    [false, 0],
  ])('pauseAfter %j', (pauseAfter, runs) => {
    expect(hourly({ pauseAfter }).pauseAfter).toBe(runs);
  });

  test('how many at once, and what becomes of one too many', () => {
    const settings = { concurrency: 100, overlap: 'bufferOne' };
    expect(hourly(settings)).toMatchObject(settings);
  });

  test.each(['none', 'latest', 'all'])('catchUp %s', (catchUp) => {
    expect(hourly({ catchUp }).catchUp).toBe(catchUp);
  });

  test('a group, and who of it goes first', () => {
    const groups = { database: { limit: 2 }, unused: { limit: 9 } };
    const settings = { every: '1 hour', group: 'database', priority: -1000 } as const;
    expect(resolveJob('report', settings, groups)).toMatchObject({
      group: { name: 'database', limit: 2 },
      priority: -1000,
    });
  });
});

describe('what can not be obeyed is refused in one line with the job, the field and the mend', () => {
  test.each([
    ['retry: false', { retry: false }, 'retry: false says no delays; write { delays:'],
    [
      'a misspelt setting of retries',
      { retry: { delay: ['1 minute'] } },
      "retry.delay: is no setting of retries; perhaps 'delays'",
    ],
    [
      'one delay, not in a list',
      { retry: { delays: '1 minute' } },
      "retry.delays: '1 minute' is not a list; write ['1 minute', '5 minutes'], or [] for never",
    ],
    [
      'a delay of seconds',
      { retry: { delays: ['1 minute', '90 seconds'] } },
      "retry.delays: '90 seconds' must be whole minutes: EventBridge fires by the minute",
    ],
    [
      'a delay under a minute',
      { retry: { delays: ['30 seconds'] } },
      "retry.delays: '30 seconds' is outside 1 minute to 1 day",
    ],
    [
      'a delay over a day',
      { retry: { delays: ['25 hours'] } },
      "retry.delays: '25 hours' is outside 1 minute to 1 day",
    ],
    [
      'too many delays',
      { retry: { delays: Array.from({ length: 21 }, () => '1 minute') } },
      'retry.delays: has 21 delays; at most 20',
    ],
    [
      'pauseAfter 0',
      { pauseAfter: 0 },
      'pauseAfter: 0 is not a whole number of runs from 1 to 1000, nor false for never',
    ],
    ['pauseAfter true', { pauseAfter: true }, 'pauseAfter: true is not a whole number'],
    ['pauseAfter over 1000', { pauseAfter: 1001 }, 'pauseAfter: 1001 is not a whole number'],
    ['no concurrency', { concurrency: 0 }, 'concurrency: 0 is not a whole number from 1 to 100'],
    ['half a run', { concurrency: 1.5 }, 'concurrency: 1.5 is not a whole number'],
    ['too much concurrency', { concurrency: 101 }, 'concurrency: 101 is not a whole number'],
    [
      'a misspelt overlap',
      { overlap: 'buffer' },
      "overlap: 'buffer' is none of 'skip', 'bufferOne'; perhaps 'bufferOne'",
    ],
    ['overlap allow', { overlap: 'allow' }, 'such as concurrency: 2'],
    [
      'a misspelt catchUp',
      { catchUp: 'lastest' },
      "catchUp: 'lastest' is none of 'none', 'latest', 'all'; perhaps 'latest'",
    ],
    [
      'catching up on ticks nobody knows',
      { every: '7 minutes', phase: 'any', catchUp: 'all' },
      "catchUp: 'all' needs to know which ticks were missed, and phase 'any' leaves them to EventBridge; leave it out, or take an interval that divides a day",
    ],
    [
      'a priority without a group',
      { priority: 1 },
      'priority: says who of a group goes first, and the job is in none; add group, or leave it out',
    ],
    [
      'a group of a list without any',
      { group: 'database' },
      "group: the list has no group 'database'; export const groups: Groups = { 'database': { limit: 1 } } from the list",
    ],
    ['a group every object has', { group: 'constructor' }, "the list has no group 'constructor'"],
  ])('%s', (_, settings, mend) => {
    expect(() => hourly(settings)).toThrow(/^job 'report': [^\n]+$/);
    expect(() => hourly(settings)).toThrow(mend);
  });

  test('an unknown group, and which is meant', () => {
    const settings = { every: '1 hour', group: 'databse' } as const;
    const groups = { mail: { limit: 1 }, database: { limit: 2 } };
    expect(() => resolveJob('report', settings, groups)).toThrow(
      "job 'report': group: the list has no group 'databse'; perhaps 'database'",
    );
  });

  test.each([1001, -1001, 0.5])('the priority %d', (priority) => {
    const settings = { every: '1 hour', group: 'mail', priority } as const;
    expect(() => resolveJob('report', settings, { mail: { limit: 1 } })).toThrow(
      `priority: ${priority} is not a whole number from -1000 to 1000`,
    );
  });

  describe('a payload too large to wait with', () => {
    // Two quotes, and two bytes a letter.
    const largest = 'é'.repeat((16 * 1024 - 2) / 2);
    const tooLarge = `${largest}x`;
    const groups = { mail: { limit: 1 } };
    const waiting = [{ overlap: 'bufferOne' }, { group: 'mail' }, { catchUp: 'latest' }];
    const take = (settings: object) =>
      resolveJob('report', { every: '1 hour', ...settings } as Settings, groups);

    test.each(waiting)('%j', (settings) => {
      expect(take({ ...settings, payload: largest }).payload).toBe(largest);
      expect(() => take({ ...settings, payload: tooLarge })).toThrow(
        /^job 'report': payload: has 16385 bytes as JSON; .* at most 16384: pass where it is found instead$/,
      );
    });

    test('may be that of a job that never waits', () => {
      expect(take({ payload: tooLarge }).payload).toBe(tooLarge);
    });
  });
});
