import { describe, expect, test } from 'vitest';
import { functionName } from '../../../core/run/function-name.ts';
import { retryName } from '../../../core/run/retry-name.ts';

/** What Lambda and EventBridge take. */
const PATTERN = /^[a-zA-Z0-9_-]{1,64}$/;
const LONG = 'send-license-expiry-warnings-to-everybody-who-asked-for-them-once';

describe('the name of a job’s function', () => {
  test('is stack and job, and no dot', () => {
    expect(functionName('punctual-dev', 'send.digests')).toBe('punctual-dev-send-digests');
  });

  test('of a pool is the pool’s, whichever of its jobs asks', () => {
    expect(functionName('punctual-dev-fleet32', 'sync@tenant-42')).toBe(
      'punctual-dev-fleet32-sync',
    );
  });

  test('is cut to 64, and stays its own', () => {
    const names = [LONG, `${LONG}-a`, `${LONG}-b`].map((job) => functionName('punctual-dev', job));
    for (const name of names) {
      expect(name).toMatch(PATTERN);
      expect(name).toHaveLength(64);
      expect(name.startsWith('punctual-dev-send-license-expiry')).toBe(true);
    }
    expect(new Set(names).size).toBe(3);
    expect(functionName('punctual-dev', LONG)).toBe(names[0]);
  });

  test('is whole where it just fits', () => {
    const job = 'x'.repeat(64 - 'punctual-dev-'.length);
    expect(functionName('punctual-dev', job)).toBe(`punctual-dev-${job}`);
    expect(functionName('punctual-dev', `${job}y`)).not.toContain('y');
  });
});

describe('the name of a retry', () => {
  const TICK = '2026-03-01T09:00Z';

  test('follows from what it delivers', () => {
    expect(retryName('report', TICK, 2)).toBe('retry_2_20260301T0900Z_report');
    expect(retryName('report', TICK, 2)).toBe(retryName('report', TICK, 2));
  });

  test('is another for another job, tick or attempt, also where it is cut', () => {
    const names = ['report', 'reports', LONG, `${LONG}s`].flatMap((job) =>
      [TICK, '2026-03-01T09:01Z'].flatMap((tick) =>
        [2, 3, 12].map((attempt) => retryName(job, tick, attempt)),
      ),
    );
    for (const name of names) expect(name).toMatch(PATTERN);
    expect(new Set(names).size).toBe(4 * 2 * 3);
  });
});
