import { expect, test } from 'vitest';
import { METRICS } from '../../../core/run/metric-names.ts';
import type { Outcome } from '../../../core/run/states.ts';
import {
  countOutcome,
  countStoreRetries,
  countSweep,
  createMetrics,
} from '../../../functions/runtime/metrics.ts';
import { type Line, Printed } from '../lambda.ts';

const outcome = (status: Outcome['status'], more: Partial<Outcome> = {}): Outcome => ({
  job: 'report',
  tick: '2026-03-01T09:00Z',
  attempt: 1,
  status,
  finishedAt: '2026-03-01T09:00:05.000Z',
  ...more,
});
const STARTED = { startedAt: '2026-03-01T09:00:02.000Z' };
const TOOK = { Duration: 3_000, StartDelay: 2_000 };

const values = ({ _aws, ...rest }: Line) => rest;
/** What a document declares: dimension sets and the names of its metrics. */
const declared = ({ _aws }: Line) => {
  const { CloudWatchMetrics } = _aws as {
    CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
  const [{ Dimensions, Metrics } = { Dimensions: [], Metrics: [] }] = CloudWatchMetrics;
  return { sets: Dimensions, names: Metrics.map(({ Name }) => Name) };
};
const SERIES = { stack: 'punctual-dev', job: 'report' };

test.each([
  ['succeeded', { Succeeded: 1 }],
  ['failed', { Failed: 1, FailedForGood: 1 }],
  ['timed_out', { TimedOut: 1, FailedForGood: 1 }],
  ['crashed', { Crashed: 1, FailedForGood: 1 }],
] as const)('%s is counted, with its duration and its start delay', (status, counts) => {
  const printed = new Printed();
  countOutcome(createMetrics('punctual-dev'), outcome(status, STARTED));
  expect(printed.metrics.map(values)).toEqual([{ ...SERIES, ...counts, ...TOOK }]);
});

test.each([
  ['skipped', 'Skipped'],
  ['missed', 'Missed'],
  ['duplicate', 'Duplicate'],
  ['waiting', 'Waiting'],
] as const)('%s is counted, and nothing else', (status, name) => {
  const printed = new Printed();
  countOutcome(createMetrics('punctual-dev'), outcome(status));
  expect(printed.metrics.map(values)).toEqual([{ ...SERIES, [name]: 1 }]);
});

test('a backfill is late on purpose, and has no start delay', () => {
  const printed = new Printed();
  const circumstances = { trigger: 'backfill' } as const;
  countOutcome(createMetrics('punctual-dev'), outcome('succeeded', STARTED), circumstances);
  expect(printed.metrics.map(values)).toEqual([{ ...SERIES, Succeeded: 1, Duration: 3_000 }]);
});

test('what will be tried again has not failed for good', () => {
  const printed = new Printed();
  const retryAt = '2026-03-01T09:05:00.000Z';
  countOutcome(createMetrics('punctual-dev'), outcome('failed', { retryAt }));
  expect(printed.metrics.map(values)).toEqual([{ ...SERIES, Failed: 1 }]);
});

test('how it went is counted where it is known, and retries where there were any', () => {
  const printed = new Printed();
  const metrics = createMetrics('punctual-dev');
  countOutcome(metrics, outcome('succeeded'), { lockWait: 12, storeRetries: 2 });
  countOutcome(metrics, outcome('succeeded'), { lockWait: 0, storeRetries: 0 });
  expect(printed.metrics.map(values)).toEqual([
    { ...SERIES, Succeeded: 1, LockWait: 12, StoreRetries: 2 },
    { ...SERIES, Succeeded: 1, LockWait: 0 },
  ]);
});

test('outcome after outcome: a document each, that keeps nothing of the one before', () => {
  const printed = new Printed();
  const metrics = createMetrics('punctual-dev');
  countOutcome(metrics, outcome('succeeded', STARTED), { lockWait: 1 });
  countOutcome(metrics, outcome('skipped', { job: 'import' }));
  expect(printed.metrics.map(values)[1]).toEqual({ ...SERIES, job: 'import', Skipped: 1 });
  expect(printed.metrics).toHaveLength(2);
});

test('every document of a job makes a series of the job and one of the stack', () => {
  const printed = new Printed();
  const metrics = createMetrics('punctual-dev');
  countOutcome(metrics, outcome('succeeded'));
  countStoreRetries(metrics, 'report', 3);
  const sets = [['stack', 'job'], ['stack']];
  expect(printed.metrics.map(declared)).toEqual([
    { sets, names: ['Succeeded'] },
    { sets, names: ['StoreRetries'] },
  ]);
  expect(printed.metrics.map(values)[1]).toEqual({ ...SERIES, StoreRetries: 3 });
});

test('a sweep is counted for the stack alone, also where it found nothing', () => {
  const printed = new Printed();
  countSweep('punctual-dev', { paused: 2, overdue: 0, alerts: 1 });
  expect(printed.metrics.map(values)).toEqual([
    { stack: 'punctual-dev', Sweeps: 1, Paused: 2, Overdue: 0, Alerts: 1 },
  ]);
  expect(printed.metrics.map(declared)).toMatchObject([{ sets: [['stack']] }]);
});

test('every name that the dashboard may show is one that is counted', () => {
  const printed = new Printed();
  const metrics = createMetrics('punctual-dev');
  const statuses = ['succeeded', 'failed', 'timed_out', 'crashed', 'skipped', 'missed'] as const;
  for (const status of [...statuses, 'duplicate', 'waiting'] as const)
    countOutcome(metrics, outcome(status, STARTED), { lockWait: 1, storeRetries: 1 });
  countSweep('punctual-dev', { paused: 0, overdue: 0, alerts: 0 });
  const counted = new Set(printed.metrics.flatMap((line) => declared(line).names));
  expect([...counted].sort()).toEqual([...METRICS].sort());
});
