import { describe, expect, test } from 'vitest';
import type { Holder } from '../../../core/ledger/ledger.ts';
import { healthOf, unreachable } from '../../../core/operations/health.ts';
import type { JobView, Overview } from '../../../core/operations/overview.ts';
import { deployedOf } from '../../../core/run/limits.ts';
import type { Run } from '../../../core/run/states.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';

const NOW = Date.parse('2026-03-01T00:30:00Z');
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString();

const RUN: Run = {
  job: 'report',
  tick: '2026-03-01T00:20Z',
  status: 'succeeded',
  fence: 1,
  token: 't',
  attempt: 1,
  trigger: 'schedule',
  startedAt: ago(10),
  finishedAt: ago(9),
};

const HOLDER: Holder = {
  job: 'report',
  tick: '2026-03-01T00:20Z',
  token: 't',
  attempt: 1,
  trigger: 'schedule',
  startedAt: ago(3),
  leaseExpiresAt: NOW + MINUTE,
  requestId: 'r',
  instanceId: 'i',
};

const held = (more: Partial<Holder> = {}, isDead = false): JobView['holders'][number] => ({
  holderKey: 'report',
  fence: 1,
  isDead,
  holder: { ...HOLDER, ...more },
});

function view(more: Partial<JobView> = {}): JobView {
  const job = deployedOf(resolveJob('report', { every: '10 minutes' }));
  return {
    job,
    next: '2026-03-01T00:40Z',
    runs: [RUN],
    holders: [],
    waiting: [],
    failures: 0,
    ...more,
  };
}

function health(more: Partial<JobView> = {}, overview: Partial<Overview> = {}) {
  return healthOf({
    now: NOW,
    jobs: [view(more)],
    attention: [],
    notes: [],
    lastSweep: ago(3),
    ...overview,
  });
}

test('all is well', () => {
  expect(health()).toEqual({
    status: 'healthy',
    at: '2026-03-01T00:30:00.000Z',
    reasons: [],
    store: { reachable: true },
    sweeper: { lastSweep: ago(3), silentForSeconds: 180 },
    jobs: [
      {
        job: 'report',
        status: 'healthy',
        next: '2026-03-01T00:40Z',
        last: { tick: '2026-03-01T00:20Z', status: 'succeeded', finishedAt: ago(9) },
        failures: 0,
        holders: [],
      },
    ],
  });
});

describe('not all is well', () => {
  const failed: Run = { ...RUN, status: 'failed' };
  const pause = { by: 'ada', why: 'audit', since: ago(5) };
  test.each<[string, Partial<JobView>, string, RegExp]>([
    ['the last run failed', { runs: [failed], failures: 1 }, 'degraded', /00:20Z failed$/],
    ['several in a row', { runs: [failed], failures: 3 }, 'degraded', /failed, 3 runs in a row/],
    [
      'it waits for its next attempt',
      { runs: [{ ...failed, retryAt: ago(-5) }, RUN] },
      'degraded',
      /in attempt 1; the next follows at/,
    ],
    ['which has not come', { runs: [{ ...failed, retryAt: ago(8) }] }, 'degraded', /has not come/],
    [
      'the last tick was missed',
      { runs: [{ ...RUN, status: 'missed', reason: 'not_delivered' }] },
      'degraded',
      /was missed: not_delivered/,
    ],
    ['a person paused it', { paused: pause }, 'degraded', /paused by ada .*: audit/],
    [
      'the breaker paused it',
      { paused: { ...pause, by: 'breaker' } },
      'failing',
      /paused by breaker/,
    ],
    [
      'a run is overdue',
      { holders: [{ ...held(), level: 'critical' }] },
      'degraded',
      /overdue \(critical\)/,
    ],
    [
      'a run died a moment ago',
      { holders: [held({ leaseExpiresAt: NOW - 1 }, true)] },
      'degraded',
      /its lease has run out/,
    ],
    [
      'a run died, and nobody comes',
      { holders: [held({ leaseExpiresAt: NOW - 8 * MINUTE }, true)] },
      'failing',
      /nobody has freed it/,
    ],
  ])('%s', (_, more, status, reason) => {
    const report = health(more);
    expect(report.status).toBe(status);
    expect(report.jobs[0]?.status).toBe(status);
    expect(report.reasons).toMatchObject([{ severity: status, job: 'report' }]);
    expect(report.reasons[0]?.what).toMatch(reason);
  });

  test.each([
    ['a success after a failure', [RUN, { ...failed, tick: '2026-03-01T00:10Z' }]],
    ['a skip after a success', [{ ...RUN, status: 'skipped', reason: 'overlap' }, RUN]],
    ['no run yet', []],
  ] as [string, Run[]][])('%s is no reason', (_, runs) => {
    expect(health({ runs }).status).toBe('healthy');
  });

  test('a failure below a skip is one: the skip says nothing of the job', () => {
    const skipped: Run = { ...RUN, status: 'skipped', reason: 'paused' };
    expect(health({ runs: [skipped, { ...failed, tick: '2026-03-01T00:10Z' }] }).status).toBe(
      'degraded',
    );
  });

  test('the sweeper is silent: then nobody would notice anything else', () => {
    const report = health({ paused: pause }, { lastSweep: ago(16) });
    expect(report.status).toBe('failing');
    expect(report.reasons.map(({ severity }) => severity)).toEqual(['failing', 'degraded']);
    expect(report.reasons[0]?.what).toMatch(/silent for 16 minutes/);
    expect(health({}, { lastSweep: ago(15) }).status).toBe('healthy');
  });

  test('what people should have heard of is told by nobody: the topic may be gone', () => {
    expect(health({}, { oldestUntold: ago(15) }).status).toBe('healthy');
    const report = health({}, { oldestUntold: ago(16) });
    expect(report.status).toBe('failing');
    expect(report.reasons[0]?.what).toMatch(/people were not told/);
  });

  test('the sweeper has not come yet', () => {
    const report = health({}, { lastSweep: undefined });
    expect(report).toMatchObject({ status: 'degraded', sweeper: {} });
  });

  test('the store can not be reached', () => {
    expect(unreachable(new Error('no connection'), NOW)).toEqual({
      status: 'failing',
      at: '2026-03-01T00:30:00.000Z',
      reasons: [{ severity: 'failing', what: 'the store can not be used: no connection' }],
      store: { reachable: false },
      sweeper: {},
      jobs: [],
    });
  });
});
