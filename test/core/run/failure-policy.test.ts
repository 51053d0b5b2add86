import { describe, expect, test } from 'vitest';
import { failedForGood, retryDelay, timeAfter } from '../../../core/run/failure-policy.ts';
import { DoNotRetry, RetryAfter } from '../../../core/run/intent.ts';
import { DAY, MINUTE } from '../../../core/schedule/duration.ts';

describe('how long to wait after a failed attempt', () => {
  const limits = { retryDelays: [MINUTE, 5 * MINUTE] };

  test.each([
    [1, MINUTE],
    [2, 5 * MINUTE],
    [3, undefined],
    [4, undefined],
  ])('attempt %i: %s', (attempt, delay) => {
    expect(retryDelay(attempt, limits)).toBe(delay);
    expect(retryDelay(attempt, limits, new Error('no luck'))).toBe(delay);
  });

  test('its code knows better, as long as attempts are left', () => {
    expect(retryDelay(1, limits, new DoNotRetry('no'))).toBeUndefined();
    expect(retryDelay(1, limits, new RetryAfter('3 hours'))).toBe(180 * MINUTE);
    expect(retryDelay(1, limits, new RetryAfter('10 seconds'))).toBe(MINUTE);
    expect(retryDelay(1, limits, new RetryAfter('3 days'))).toBe(DAY);
    expect(retryDelay(3, limits, new RetryAfter('3 hours'))).toBeUndefined();
  });

  test('a delay that is none is refused where it is made', () => {
    expect(() => new RetryAfter('soon' as '1 minute')).toThrow(/soon/);
  });

  test('to the second, as EventBridge takes it', () => {
    expect(timeAfter(MINUTE, Date.parse('2026-03-01T00:00:00.999Z'))).toBe(
      '2026-03-01T00:01:00.000Z',
    );
  });
});

test.each([
  ['failed', true],
  ['timed_out', true],
  ['crashed', true],
  ['succeeded', false],
  ['skipped', false],
  ['missed', false],
  ['duplicate', false],
  ['waiting', false],
] as const)('%s is a run failed for good: %s, unless it is tried again', (status, isBad) => {
  expect(failedForGood({ status })).toBe(isBad);
  expect(failedForGood({ status, retryAt: '2026-03-01T00:01:00.000Z' })).toBe(false);
});
