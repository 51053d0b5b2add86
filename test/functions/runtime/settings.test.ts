import { expect, test } from 'vitest';
import { readSettings } from '../../../functions/runtime/settings.ts';

const environment = {
  PUNCTUAL_JOB: 'report',
  PUNCTUAL_LOCKS_TABLE: 'locks',
  PUNCTUAL_RUNS_TABLE: 'runs',
  PUNCTUAL_MISFIRE_GRACE_SECONDS: '90',
};

test('reads what the stack tells a function', () => {
  expect(readSettings(environment)).toEqual({
    job: 'report',
    locksTable: 'locks',
    runsTable: 'runs',
    misfireGrace: 90_000,
  });
});

test.each(Object.keys(environment))('names what is missing: %s', (name) => {
  expect(() => readSettings({ ...environment, [name]: undefined })).toThrow(`has no ${name};`);
});
