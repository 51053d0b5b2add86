import { Logger } from '@aws-lambda-powertools/logger';
import { expect, test, vi } from 'vitest';
import type { Run } from '../../../core/run/states.ts';
import { tellClosed, tellTurned } from '../../../functions/runtime/tell.ts';
import { Printed } from '../lambda.ts';

const RUN: Run = {
  job: 'report',
  tick: '2026-03-01T09:00Z',
  status: 'crashed',
  fence: 1,
  token: 'token',
  attempt: 2,
  trigger: 'retry',
  startedAt: '2026-03-01T09:00:00.000Z',
  finishedAt: '2026-03-01T09:05:05.000Z',
  error: { name: 'Runtime.ExitError', message: 'exit status 1' },
};
const values = ({ _aws, ...rest }: Record<string, unknown>) => rest;

function told(tell: (log: Logger) => void): Printed {
  const printed = new Printed();
  vi.stubEnv('POWERTOOLS_DEV', 'false');
  tell(new Logger({ serviceName: 'punctual' }));
  vi.unstubAllEnvs();
  return printed;
}

test('a row that failed for good: one line and one count; people hear of it from the sweeper', () => {
  const printed = told((log) => tellClosed(log, 'punctual-dev', RUN));
  const { job, tick } = RUN;
  expect(printed.lines).toMatchObject([
    {
      level: 'ERROR',
      message: 'run crashed',
      job,
      tick,
      attempt: 2,
      status: 'crashed',
      failure: RUN.error,
    },
  ]);
  // No duration: when it ended is not known.
  expect(printed.metrics.map(values)).toEqual([
    { stack: 'punctual-dev', job, Crashed: 1, FailedForGood: 1 },
  ]);
});

test('one that is tried again: a line that says when, and a count', () => {
  const retryAt = '2026-03-01T09:06:05.000Z';
  const printed = told((log) => tellClosed(log, 'punctual-dev', { ...RUN, retryAt }));
  expect(printed.lines).toMatchObject([{ message: 'run crashed', retryAt }]);
  expect(printed.metrics).toHaveLength(1);
});

test('a skip is no error', () => {
  const printed = told((log) =>
    tellClosed(log, 'punctual-dev', {
      ...RUN,
      status: 'skipped',
      reason: 'superseded',
      error: undefined,
    }),
  );
  expect(printed.lines).toMatchObject([
    { level: 'INFO', message: 'run skipped', reason: 'superseded' },
  ]);
  expect(printed.metrics.map(values)).toEqual([
    { stack: 'punctual-dev', job: 'report', Skipped: 1 },
  ]);
});

test('what the breaker did is one line', () => {
  const turn = { kind: 'paused', job: 'report', tick: RUN.tick, why: '5 runs failed' } as const;
  const printed = told((log) => tellTurned(log, turn));
  expect(printed.lines).toMatchObject([
    { level: 'WARN', message: 'job paused', job: 'report', by: 'breaker', why: '5 runs failed' },
  ]);
  expect(printed.metrics).toEqual([]);
});
