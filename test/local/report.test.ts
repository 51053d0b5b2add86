import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../core/run/states.ts';
import type { Answer } from '../../local/environment.ts';
import {
  consumerReportOf,
  lineOf,
  lineOfAlert,
  operatorReportOf,
  reportOf,
  undeliveredOf,
} from '../../local/report.ts';
import { scheduleOf } from './parts.ts';

const START = Date.parse('2026-03-01T00:10:00Z');

function lineFor(answer: Answer, attempt = 1): string {
  const event = { job: 'sweep', attempt };
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
    {
      error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 2.00 seconds' },
      died: true,
    },
    'timed_out   2000 ms  Sandbox.Timedout: Task timed out after 2.00 seconds',
  ],
  [
    'a death',
    { error: { errorType: 'Runtime.ExitError', errorMessage: 'exit status 3' }, died: true },
    'crashed     2000 ms  Runtime.ExitError: exit status 3',
  ],
  [
    'code that can not be imported',
    { error: { errorType: 'RangeError', errorMessage: 'no table' }, died: true },
    'crashed     2000 ms  RangeError: no table',
  ],
  [
    'a throw',
    { error: { errorType: 'LedgerError', errorMessage: 'store away' } },
    'failed      2000 ms  LedgerError: store away',
  ],
])('%s', (_, answer, line) => {
  expect(lineFor(answer)).toBe(`2026-03-01 00:10:00  sweep      ${line}`);
});

describe('a later attempt says which one it is', () => {
  test.each<[string, Answer, string]>([
    [
      'where it succeeds',
      outcome({ attempt: 2, output: 'all quiet' }),
      'succeeded     42 ms  attempt 2: all quiet',
    ],
    ['where it says nothing else', outcome({ attempt: 2 }), 'succeeded     42 ms  attempt 2'],
    [
      'where it dies',
      { error: { errorType: 'Runtime.ExitError', errorMessage: 'exit status 3' }, died: true },
      'crashed     2000 ms  attempt 2: Runtime.ExitError: exit status 3',
    ],
  ])('%s', (_, answer, line) => {
    expect(lineFor(answer, 2)).toBe(`2026-03-01 00:10:00  sweep      ${line}`);
  });
});

test('a failure says when it will be tried again', () => {
  const failed = { status: 'failed', error: { name: 'TypeError', message: 'no licence' } } as const;
  const at = (retryAt: string) => lineFor(outcome({ ...failed, attempt: 2, retryAt })).slice(53);
  expect(at('2026-03-01T00:16:00.000Z')).toBe('attempt 2: TypeError: no licence; again at 00:16');
  expect(at('2026-03-01T00:16:30.000Z')).toMatch(/again at 00:16:30$/);
});

describe('a function that reads a queue', () => {
  const reportFor = (answer: Answer) => {
    const report = consumerReportOf('punctual-finalizer', {
      event: { Records: [{}, {}] },
      requestId: 'r',
      startedAt: START,
      finishedAt: START + 2_000,
      answer,
    });
    return report && lineOf(report, 0);
  };

  test('that answers is not told of, whatever it closed or brings back', () => {
    const batchItemFailures = [{ itemIdentifier: 'a' }];
    expect(reportFor({ payload: { batchItemFailures, closed: 2 } })).toBeUndefined();
    expect(reportFor({ payload: null })).toBeUndefined();
  });

  test('that failed itself is', () => {
    const error = { errorType: 'StoreError', errorMessage: 'recall: unavailable' };
    expect(reportFor({ error })).toBe(
      '2026-03-01 00:10:00  punctual-finalizer  failed      2000 ms  StoreError: recall: unavailable',
    );
  });
});

describe('an event that was given up', () => {
  const attributes = { ERROR_CODE: 'AWS.Lambda.ThrottlingException' };
  const lineOfLetter = (body: string) => {
    const report = undeliveredOf({ schedule: scheduleOf(), body, attributes }, START);
    return report && lineOf(report, 0);
  };

  test('of a job is told of, with the reason', () => {
    expect(lineOfLetter('{"job":"sweep","attempt":2}')).toBe(
      '2026-03-01 00:10:00  sweep  missed         0 ms  attempt 2: not delivered: AWS.Lambda.ThrottlingException',
    );
  });

  test('of the stack itself is not', () => {
    expect(lineOfLetter('{}')).toBeUndefined();
  });
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

test.each([
  ['its subject', { subject: '[app] sweep failed', text: 'It did.' }, '[app] sweep failed'],
  ['the first line of its text', { subject: '', text: 'It did.\nTwice.' }, 'It did.'],
])('an alert is told by %s', (_, message, told) => {
  const alert = { time: START, topicArn: 'arn', attributes: {}, ...message };
  expect(lineOfAlert(alert, 'reconnect'.length)).toBe(`2026-03-01 00:10:00  alert      ${told}`);
});
