import { describe, expect, test } from 'vitest';
import { parseDelivery } from '../../../core/run/delivery.ts';
import { functionName } from '../../../core/run/function-name.ts';
import { deployedOf, type RunLimits } from '../../../core/run/limits.ts';
import { limitsFor, type Made, madeScheduleName, withMade } from '../../../core/run/made.ts';
import { retryName } from '../../../core/run/retry-name.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';

const SCHEDULE_NAME = /^[\w.-]{1,64}$/;
const MADE: Made = {
  name: 'report@acme',
  expressions: ['cron(0 7 * * ? *)'],
  timeZone: 'Europe/Oslo',
  payload: { tenant: 'acme' },
  by: 'ada',
  since: '2026-03-01T09:00:00.000Z',
};
const job = deployedOf(
  resolveJob('report', { every: '1 hour', payload: { tenant: 'all' }, enabled: false }),
);
const groups = { database: { limit: 2 } };
const shared = deployedOf(resolveJob('report', { every: '1 hour', group: 'database' }, groups));

describe('the job that a schedule made at run time is', () => {
  test('has times, payload and lock of its own, and all else of its job', () => {
    const { expressions, timeZone, payload } = MADE;
    expect(withMade([job], [MADE])).toEqual([
      job,
      {
        ...job,
        name: 'report@acme',
        expressions,
        timeZone,
        payload,
        enabled: true,
        since: MADE.since,
        // Its times are its own, so no interval is known.
        interval: undefined,
        limits: { ...job.limits, lock: 'report@acme' },
      },
    ]);
  });

  test('shares the lock of a group', () => {
    expect(withMade([shared], [MADE])[1]?.limits).toEqual(shared.limits);
  });

  test('has the limits that its function finds for it', () => {
    for (const one of [job, shared])
      expect(limitsFor('report@acme', one.limits)).toEqual(withMade([one], [MADE])[1]?.limits);
    expect(limitsFor('report', job.limits)).toEqual(job.limits);
  });

  test('is none where its job has left the list', () => {
    expect(withMade([], [MADE])).toEqual([]);
  });

  test('is the list’s where the list has one of its name by now', () => {
    const pooled = deployedOf(resolveJob('report@acme', { every: '1 hour', pool: 'report' }));
    expect(withMade([pooled], [MADE])).toEqual([pooled]);
  });

  test('is run by the function of its job, which takes no other', () => {
    expect(functionName('punctual-dev', 'report@acme')).toBe('punctual-dev-report');
    const event = { job: 'report@acme', scheduledTime: '2026-03-01T09:00:00Z' };
    expect(parseDelivery(event, 'report')).toMatchObject({ job: 'report@acme' });
    expect(() => parseDelivery(event, 'repo')).toThrow("for job 'report@acme'");
    expect(() => parseDelivery({ ...event, job: 'report' }, 'report@acme')).toThrow();
  });
});

describe('a schedule made at run time for a pool', () => {
  const listed = ['tenant-1', 'tenant-2'].map((name) =>
    deployedOf(
      resolveJob(`report@${name}`, { every: '1 hour', pool: 'report', description: `of ${name}` }),
    ),
  );
  const [, , added] = withMade(listed, [MADE]);

  test('has the limits of the pool, a lock of its own, and none of what is another job’s', () => {
    expect(added).toMatchObject({
      name: 'report@acme',
      description: 'report@acme',
      payload: MADE.payload,
      limits: { ...listed[0]?.limits, lock: 'report@acme' },
    });
  });

  test('has the limits that the pool’s function finds for it', () => {
    const ofFunction = limitsFor('report', listed[0]?.limits as RunLimits);
    expect(ofFunction.lock).toBe('report');
    expect(limitsFor('report@acme', ofFunction)).toEqual(added?.limits);
  });
});

test('the names of its schedules: what EventBridge takes, each its own, and not that of another job', () => {
  const long = `${'x'.repeat(64)}@${'y'.repeat(40)}`;
  const jobs = ['report@acme', 'report@acme-2', 'report_acme', 'report.acme', long, `${long}z`];
  const tick = '2026-03-01T09:00Z';
  const names = [
    ...jobs.flatMap((name) => [madeScheduleName(name, 0), madeScheduleName(name, 1)]),
    ...jobs.map((name) => retryName(name, tick, 2)),
  ];
  for (const name of names) expect(name).toMatch(SCHEDULE_NAME);
  expect(new Set(names).size).toBe(names.length);
});
