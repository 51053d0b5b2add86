import { describe, expect, test } from 'vitest';
import { newsOf } from '../../../core/run/alert.ts';
import { NO_FENCE } from '../../../core/run/states.ts';

describe('what a row has to tell', () => {
  const tick = '2026-03-01T09:00Z';
  const place = { logGroup: '/punctual/dev', logStream: '2026/03/01/dev-report[$LATEST]0' };
  const run = { job: 'report', tick, attempt: 1, fence: 7, ...place };
  const error = { name: 'TypeError', message: 'no such build' };
  const retryAt = '2026-03-01T09:01:00.000Z';

  test('a run failed for good, and where its lines are', () => {
    const why = 'failed in its only attempt: TypeError: no such build';
    const news = { kind: 'failed', job: 'report', tick, attempt: 1, why, ...place };
    expect(newsOf({ ...run, status: 'failed', error })).toEqual(news);
    expect(newsOf({ ...run, status: 'crashed', attempt: 6, reason: 'lease_expired' })).toEqual({
      ...news,
      attempt: 6,
      why: 'crashed in the last of 6 attempts: lease_expired',
    });
  });

  const missed = { ...run, status: 'missed', reason: 'not_delivered', attempt: 0 } as const;

  test('a tick that did not run at its time, also where it is caught up', () => {
    const row = { ...missed, fence: NO_FENCE };
    const why = 'no delivery of it came to its code';
    expect(newsOf(row)).toMatchObject({ kind: 'missed', job: 'report', tick, why });
    expect(newsOf({ ...row, retryAt })?.why).toBe(`${why}; it is caught up`);
    expect(newsOf({ ...row, attempt: 1, reason: 'store_unavailable', error })?.why).toBe(
      'the store could not be used: TypeError: no such build',
    );
  });

  test('and one that a newer one stands for', () => {
    const row = { ...missed, fence: NO_FENCE, status: 'skipped', reason: 'superseded' } as const;
    expect(newsOf(row)).toMatchObject({
      kind: 'missed',
      why: expect.stringMatching(/a newer tick stands for it/),
    });
    // In a queue, that is what was asked for.
    expect(newsOf({ ...row, attempt: 1 })).toBeUndefined();
  });

  test.each([{ status: 'missed' }, { status: 'skipped', reason: 'superseded' }] as const)(
    'not again where it was missed before: $status',
    (end) => {
      expect(newsOf({ ...missed, ...end, fence: NO_FENCE + 0.5 })).toBeUndefined();
    },
  );

  test.each(['succeeded', 'skipped'] as const)('not: %s', (status) => {
    expect(newsOf({ ...run, status })).toBeUndefined();
  });

  test.each(['failed', 'timed_out', 'crashed', 'missed'] as const)(
    'not: %s, where an attempt follows',
    (status) => {
      expect(newsOf({ ...run, status, retryAt })).toBeUndefined();
    },
  );
});
