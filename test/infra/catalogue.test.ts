import { expect, test } from 'vitest';
import { deployedOf } from '../../core/run/limits.ts';
import { readList } from '../../infra/list.ts';
import { templateOf } from '../support/template.ts';

test('the stack says what the command line asks of it', async () => {
  const template = (await templateOf()).toJSON();
  const outputs = ['DeadLetters', 'FiringRole', 'LocksTable', 'LogGroup', 'RunsTable'];
  expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(outputs));
  // As JSON has it: what is not set is not there.
  const jobs = JSON.parse(JSON.stringify((await readList()).map(deployedOf)));
  expect(template.Metadata.Punctual).toEqual({ functions: 'punctual-dev', jobs });
});
