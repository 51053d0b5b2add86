import { expect, test } from 'vitest';
import type { Answer } from '../../local/environment.ts';
import { History } from '../../local/history.ts';
import type { Report } from '../../local/report.ts';
import { Reporter } from '../../local/reporter.ts';
import type { Resources } from '../../local/resources.ts';
import { scheduleOf } from './parts.ts';

const RESOURCES: Resources = {
  stackName: 'app',
  functions: [],
  schedules: [scheduleOf()],
  operators: [],
  scheduleGroups: [],
  queues: [],
  eventSources: [],
  topics: [],
  roles: [],
  tables: [],
};

/** What is told of one invocation of a function. */
function told(functionName: string, event: unknown, answer: Answer) {
  const reports: Report[] = [];
  const history = new History();
  const reporter = new Reporter(RESOURCES, history, (report) => reports.push(report));
  reporter.heard({ event, requestId: 'r', startedAt: 0, finishedAt: 9, answer }, functionName);
  return {
    reports: reports.map(({ job, status }) => [job, status]),
    duplicates: [...history.duplicates],
  };
}

const payload = (status: string) => ({ payload: { job: 'sweep', status } });

test('a delivery is told', () => {
  expect(told('app-sweep', { job: 'sweep' }, payload('succeeded')).reports).toEqual([
    ['sweep', 'succeeded'],
  ]);
});

test('a duplicate is counted', () => {
  expect(told('app-sweep', { job: 'sweep' }, payload('duplicate'))).toEqual({
    reports: [],
    duplicates: [['sweep', 1]],
  });
});

test('what the console is asked about a job is no run of it, unless it dies', () => {
  const event = { job: 'sweep', view: 'job' };
  expect(told('app-punctual-console', event, { payload: '<p>sweep</p>' }).reports).toEqual([]);
  const error = { errorType: 'TypeError', errorMessage: 'x' };
  expect(told('app-punctual-console', event, { error }).reports).toEqual([
    ['punctual-console', 'failed'],
  ]);
});
