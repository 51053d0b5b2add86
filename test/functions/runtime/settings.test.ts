import { expect, test } from 'vitest';
import { leftTheList } from '../../../core/run/limits.ts';
import {
  readFinalizer,
  readOperator,
  readSettings,
  readSweeper,
} from '../../../functions/runtime/settings.ts';

const operator = {
  PUNCTUAL_LOCKS_TABLE: 'locks',
  PUNCTUAL_RUNS_TABLE: 'runs',
  PUNCTUAL_GROUP: 'punctual-dev',
  PUNCTUAL_FUNCTIONS: 'punctual-dev-fleet32',
  PUNCTUAL_FIRING_ROLE: 'arn:aws:iam::000000000000:role/firing',
  PUNCTUAL_DEAD_LETTERS: 'arn:aws:sqs:eu-central-1:000000000000:failures',
};
const limits = { ...leftTheList('report'), retryDelays: [60_000], catchUp: 'latest' } as const;
const job = { ...operator, PUNCTUAL_JOB: 'report', PUNCTUAL_LIMITS: JSON.stringify(limits) };

test('reads what the stack tells a function', () => {
  const settings = {
    locksTable: 'locks',
    runsTable: 'runs',
    group: 'punctual-dev',
    functions: 'punctual-dev-fleet32',
    firingRole: operator.PUNCTUAL_FIRING_ROLE,
    deadLetters: operator.PUNCTUAL_DEAD_LETTERS,
  };
  expect(readOperator(operator)).toEqual(settings);
  expect(readSettings(job)).toEqual({ ...settings, job: 'report', limits });
});

test.each(Object.keys(job))('names what is missing: %s', (name) => {
  expect(() => readSettings({ ...job, [name]: undefined })).toThrow(`has no ${name};`);
});

test('names limits that are none', () => {
  expect(() => readSettings({ ...job, PUNCTUAL_LIMITS: 'plenty' })).toThrow(
    'PUNCTUAL_LIMITS is not JSON: plenty;',
  );
});

test('reads what it tells the sweeper and the finalizer besides', () => {
  const topic = 'arn:aws:sns:eu-central-1:000000000000:alerts';
  const environment = {
    ...operator,
    PUNCTUAL_ALERTS_TOPIC: topic,
    PUNCTUAL_MOST_TRIES: '20',
    AWS_REGION: 'eu-central-1',
  };
  expect(readSweeper(environment)).toEqual({
    ...readOperator(operator),
    alertsTopic: topic,
    region: 'eu-central-1',
  });
  expect(readFinalizer(environment)).toMatchObject({ mostTries: 20 });
  expect(() => readSweeper(operator)).toThrow('has no PUNCTUAL_ALERTS_TOPIC;');
  expect(() => readFinalizer({ ...environment, PUNCTUAL_MOST_TRIES: 'many' })).toThrow(
    'PUNCTUAL_MOST_TRIES is no number;',
  );
});
