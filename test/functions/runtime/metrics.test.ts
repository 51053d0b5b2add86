import { expect, test } from 'vitest';
import type { Outcome } from '../../../core/run/states.ts';
import { countOutcome, createMetrics } from '../../../functions/runtime/metrics.ts';
import { Printed } from '../lambda.ts';

const outcome = (status: Outcome['status'], startedAt?: string): Outcome => ({
  job: 'report',
  tick: '2026-03-01T09:00Z',
  attempt: 1,
  status,
  startedAt,
  finishedAt: '2026-03-01T09:00:05.000Z',
});

const values = ({ _aws, ...rest }: Record<string, unknown>) => rest;

test.each([
  ['succeeded', 'Succeeded'],
  ['failed', 'Failed'],
  ['timed_out', 'TimedOut'],
  ['crashed', 'Crashed'],
] as const)('%s is counted, with its duration and its start delay', (status, name) => {
  const printed = new Printed();
  countOutcome(createMetrics('report'), outcome(status, '2026-03-01T09:00:02.000Z'));
  expect(printed.metrics.map(values)).toEqual([
    { job: 'report', [name]: 1, Duration: 3_000, StartDelay: 2_000 },
  ]);
});

test.each([
  ['skipped', 'Skipped'],
  ['missed', 'Missed'],
  ['duplicate', 'Duplicate'],
  ['waiting', 'Waiting'],
] as const)('%s is counted, and nothing else', (status, name) => {
  const printed = new Printed();
  countOutcome(createMetrics('report'), outcome(status));
  expect(printed.metrics.map(values)).toEqual([{ job: 'report', [name]: 1 }]);
});

test('outcome after outcome: a document each, that keeps nothing of the one before', () => {
  const printed = new Printed();
  const metrics = createMetrics('report');
  countOutcome(metrics, outcome('succeeded', '2026-03-01T09:00:02.000Z'));
  countOutcome(metrics, outcome('skipped'));
  expect(printed.metrics.map(values)[1]).toEqual({ job: 'report', Skipped: 1 });
  expect(printed.metrics).toHaveLength(2);
});
