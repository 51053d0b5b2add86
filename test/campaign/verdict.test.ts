import { describe, expect, test } from 'vitest';
import type { Lock } from '../../core/ledger/ledger.ts';
import { leftTheList, type RunLimits } from '../../core/run/limits.ts';
import type { Run } from '../../core/run/states.ts';
import { type Evidence, judge } from './verdict.ts';
import type { Sight } from './witness.ts';

const TICK = { job: 'report', tick: '2026-03-01T00:00Z' };
const NEXT = { job: 'report', tick: '2026-03-01T00:01Z' };
const MINUTE = 60_000;

const row = (more: Partial<Run> = {}): Run => ({
  ...TICK,
  status: 'succeeded',
  fence: 5,
  token: 't',
  attempt: 1,
  trigger: 'schedule',
  finishedAt: '2026-03-01T00:00:01.000Z',
  ...more,
});
const sight = (what: Sight['what'], fencingToken = 5, attempt = 1): Sight => ({
  ...TICK,
  attempt,
  fencingToken,
  what,
});
const lock = (more: Partial<Lock>): Lock => ({
  lock: 'report',
  fence: 5,
  holders: {},
  fences: {},
  watermarks: {},
  last: {},
  paused: {},
  failures: {},
  waiting: {},
  ...more,
});
const HOLDER: Lock['holders'][string] = {
  ...TICK,
  token: 't',
  attempt: 1,
  trigger: 'schedule',
  startedAt: '2026-03-01T00:00:00.000Z',
  leaseExpiresAt: 0,
  requestId: 'r',
  instanceId: 'i',
};
const PLACE: Lock['waiting'][string] = {
  ...TICK,
  attempt: 1,
  trigger: 'schedule',
  priority: 0,
  concurrency: 1,
  since: 0,
};
/** Of a job that has one retry. */
const limits = (more: Partial<RunLimits> = {}) =>
  new Map([['report', { ...leftTheList('report'), retryDelays: [MINUTE], ...more }]]);

const broken = (evidence: Partial<Evidence>) =>
  judge({
    expected: [TICK],
    limits: limits(),
    rows: [row()],
    locks: [lock({})],
    sights: [sight('started'), sight('returned')],
    left: { schedules: 0, messages: 0, poison: 0 },
    ...evidence,
  })
    .filter((verdict) => verdict.broken.length > 0)
    .map(({ promise }) => promise);

const RAN = [sight('started'), sight('threw')];
const FAILED = row({ status: 'failed', attempt: 1, error: { name: 'Error', message: 'no luck' } });
const MISSED = row({ status: 'missed', reason: 'not_delivered', fence: 0, attempt: 0 });
const SUPERSEDED = row({ status: 'skipped', reason: 'superseded' });

describe('the verdict of a campaign: broken by', () => {
  test.each<[string, Partial<Evidence>, string]>([
    [
      'two of a job at once',
      { sights: [sight('too many of the job'), sight('started'), sight('returned')] },
      'never more live runs of a job than its concurrency',
    ],
    [
      'too many of a group at once',
      { sights: [sight('too many of the group'), sight('started'), sight('returned')] },
      'never more live runs of a group than its limit',
    ],
    ['a tick without a row', { rows: [], sights: [] }, 'every tick ends as a row'],
    [
      'a row whose next attempt never came',
      { rows: [{ ...FAILED, retryAt: '2026-03-01T00:01:00.000Z' }], sights: RAN },
      'no run waits for ever for its next attempt',
    ],
    [
      'a holder that is left',
      { locks: [lock({ holders: { report: HOLDER } })] },
      'no lock is left held, and nobody left in its queue',
    ],
    [
      'a place that is left',
      { locks: [lock({ waiting: { report: PLACE } })] },
      'no lock is left held, and nobody left in its queue',
    ],
    [
      'a poison message',
      { left: { schedules: 0, messages: 0, poison: 1 } },
      'nothing is left to be delivered or dealt with',
    ],
    [
      'a run after the success',
      { sights: [sight('started'), sight('returned'), sight('started', 6, 2)] },
      'nothing runs after its success',
    ],
    [
      'a success that another attempt followed',
      { rows: [row({ earlier: [{ attempt: 1, status: 'succeeded', finishedAt: '' }] })] },
      'nothing runs after its success',
    ],
    [
      'a success that nobody saw return',
      { sights: RAN },
      'a success is recorded only of code that returned',
    ],
    [
      'a success of another attempt than the one that returned',
      { rows: [row({ fence: 6 })] },
      'a success is recorded only of code that returned',
    ],
    [
      'a token that fell',
      {
        rows: [row({ status: 'skipped', reason: 'declined' })],
        sights: [sight('started', 6), sight('started', 4, 2)],
      },
      'fencing tokens grow',
    ],
    [
      'an attempt beyond the list',
      {
        rows: [row({ status: 'failed', attempt: 3, fence: 7 })],
        sights: [sight('started', 5), sight('started', 6, 2), sight('started', 7, 3)],
      },
      'no more attempts of a tick than its list allows',
    ],
    [
      'an attempt that ran twice',
      {
        rows: [row({ fence: 6 })],
        sights: [sight('started'), sight('started', 6), sight('returned', 6)],
      },
      'each attempt of a tick runs once',
    ],
    [
      'a failure that was not tried again',
      { rows: [FAILED], sights: RAN },
      'what failed was tried again as often as its list says',
    ],
    [
      'a miss that nobody caught up',
      { limits: limits({ catchUp: 'latest' }), rows: [MISSED], sights: [] },
      'what was missed is caught up',
    ],
    [
      'a tick that gave way to none',
      { rows: [SUPERSEDED], sights: [] },
      'a tick is superseded by a newer one',
    ],
    [
      'an overlap of a job that buffers',
      {
        limits: limits({ overlap: 'bufferOne' }),
        rows: [row({ status: 'skipped', reason: 'overlap' })],
        sights: [],
      },
      'a job that buffers skips nothing for overlap',
    ],
    [
      'a job that goes on failing',
      { limits: limits({ pauseAfter: 2 }), locks: [lock({ failures: { report: 2 } })] },
      'a job that failed too often is paused',
    ],
  ])('%s', (_, evidence, promise) => {
    expect(broken(evidence)).toEqual([promise]);
  });
});

describe('the verdict of a campaign: not broken by', () => {
  test.each<[string, Partial<Evidence>]>([
    ['a run that was seen and has its row', {}],
    [
      'a second attempt',
      {
        rows: [row({ attempt: 2, fence: 6 })],
        sights: [...RAN, sight('started', 6, 2), sight('returned', 6, 2)],
      },
    ],
    [
      'the last attempt of a list',
      {
        rows: [row({ status: 'failed', attempt: 2, fence: 6 })],
        sights: [...RAN, sight('started', 6, 2), sight('threw', 6, 2)],
      },
    ],
    [
      'an author who gives up',
      { rows: [{ ...FAILED, error: { name: 'DoNotRetry', message: '' } }], sights: RAN },
    ],
    [
      'a retry that could not be delivered',
      { rows: [{ ...FAILED, reason: 'not_delivered' }], sights: RAN },
    ],
    [
      'a probe that failed',
      {
        rows: [row({ status: 'skipped', reason: 'paused' }), { ...FAILED, ...NEXT }],
        sights: RAN.map((one) => ({ ...one, ...NEXT })),
      },
    ],
    ['a miss of a job that does not catch up', { rows: [MISSED], sights: [] }],
    [
      'a tick that gave way to a newer one',
      {
        rows: [SUPERSEDED, row(NEXT)],
        sights: [
          { ...sight('started'), ...NEXT },
          { ...sight('returned'), ...NEXT },
        ],
      },
    ],
    [
      'a job that was paused in time',
      {
        limits: limits({ pauseAfter: 2 }),
        locks: [
          lock({
            failures: { report: 2 },
            paused: { report: { by: 'breaker', why: '', since: '' } },
          }),
        ],
      },
    ],
  ])('%s', (_, evidence) => {
    expect(broken(evidence)).toEqual([]);
  });
});
