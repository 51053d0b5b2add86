import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../core/run/states.ts';
import type { Answer } from '../../local/environment.ts';
import { lineOf, operatorReportOf, reportOf } from '../../local/report.ts';

const START = Date.parse('2026-03-01T00:10:00Z');

function lineFor(answer: Answer): string {
  const event = { job: 'sweep' };
  const invocation = { event, requestId: 'r', startedAt: START, finishedAt: START + 2_000, answer };
  return lineOf(reportOf(invocation), 'reconnect'.length);
}

function outcome(more: Partial<Outcome>): Answer {
  const times = { startedAt: '2026-03-01T00:10:00.300Z', finishedAt: '2026-03-01T00:10:00.342Z' };
  return {
    payload: {
      job: 'sweep',
      tick: '2026-03-01T00:10Z',
      attempt: 1,
      status: 'succeeded',
      ...times,
      ...more,
    },
  };
}

test.each<[string, Answer, string]>([
  [
    'a success says what it did',
    outcome({ output: { failed: 3, ids: ['a', 'b'] } }),
    'succeeded     42 ms  failed 3, ids ["a","b"]',
  ],
  ['text is shown as it is', outcome({ output: 'all quiet' }), 'succeeded     42 ms  all quiet'],
  ['no output, no words', outcome({}), 'succeeded     42 ms'],
  [
    'a failure says why, in one line',
    outcome({ status: 'failed', error: { name: 'TypeError', message: 'no\n  licence' } }),
    'failed        42 ms  TypeError: no licence',
  ],
  [
    'a skip says why',
    outcome({ status: 'skipped', reason: 'overlap' }),
    'skipped       42 ms  overlap',
  ],
  [
    'a kill at the deadline',
    { error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 2.00 seconds' } },
    'timed_out   2000 ms  Sandbox.Timedout: Task timed out after 2.00 seconds',
  ],
  [
    'a death',
    { error: { errorType: 'Runtime.ExitError', errorMessage: 'exit status 3' } },
    'crashed     2000 ms  Runtime.ExitError: exit status 3',
  ],
  [
    'a throw',
    { error: { errorType: 'LedgerError', errorMessage: 'store away' } },
    'failed      2000 ms  LedgerError: store away',
  ],
])('%s', (_, answer, line) => {
  expect(lineFor(answer)).toBe(`2026-03-01 00:10:00  sweep      ${line}`);
});

describe('a function of the stack itself', () => {
  const reportFor = (answer: Answer) => {
    const times = { startedAt: START, finishedAt: START + 2_000 };
    const report = operatorReportOf('punctual-sweeper', {
      event: {},
      requestId: 'r',
      ...times,
      answer,
    });
    return report && lineOf(report, 0);
  };

  test('that found nothing to do is not told of', () => {
    expect(reportFor({ payload: { jobs: 7, closed: 0 } })).toBeUndefined();
    expect(reportFor({ payload: null })).toBeUndefined();
  });

  test('that closed rows is', () => {
    expect(reportFor({ payload: { jobs: 7, closed: 2 } })).toBe(
      '2026-03-01 00:10:00  punctual-sweeper  succeeded   2000 ms  jobs 7, closed 2',
    );
  });

  test('that failed is', () => {
    const error = { errorType: 'StoreError', errorMessage: 'recall: unavailable' };
    expect(reportFor({ error })).toBe(
      '2026-03-01 00:10:00  punctual-sweeper  failed      2000 ms  StoreError: recall: unavailable',
    );
  });
});
