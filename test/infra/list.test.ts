import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionName } from '../../core/run/function-name.ts';
import { readList, resolveList } from '../../infra/list.ts';
import { scheduleName } from '../../infra/names.ts';
import { resourcesFor } from '../../infra/size.ts';
import { templateOf } from '../support/template.ts';

const JOBS = resolve(import.meta.dirname, '../../functions/jobs');

test('every file in functions/jobs has an entry, and every entry a file', async () => {
  const files = readdirSync(JOBS).map((file) => file.replace(/\.ts$/, ''));
  const handlers = new Set((await readList()).map(({ handler }) => handler));
  expect([...handlers].sort()).toEqual(files.sort());
});

describe('an entry without a file', () => {
  test('is refused by name', () => {
    expect(() => resolveList({ ghost: { every: '1 hour' } }, JOBS)).toThrow(
      /^job 'ghost': handler: there is no file .*functions\/jobs\/ghost\.ts; write it, or take the entry out$/,
    );
  });

  test('may use the file of another', () => {
    const [job] = resolveList({ ghost: { every: '1 hour', handler: 'reconnect-workers' } }, JOBS);
    expect(job?.entry).toBe(resolve(JOBS, 'reconnect-workers.ts'));
  });
});

describe('names of schedules', () => {
  test("a job may not have the name of another job's schedule", () => {
    const settings = { every: '8 minutes', handler: 'reconnect-workers' } as const;
    expect(() => resolveList({ a: settings, 'a.2': settings }, JOBS)).toThrow(
      "job 'a.2': name: its schedule 'a.2' has the name of one of job 'a'; rename either",
    );
  });

  test('a job that needs several has them numbered', () => {
    expect([0, 1, 2].map((i) => scheduleName('reconnect', i))).toEqual([
      'reconnect',
      'reconnect.2',
      'reconnect.3',
    ]);
  });

  test('none is longer than EventBridge allows, and none meets another', () => {
    const long = 'x'.repeat(64);
    const names = Array.from({ length: 8 }, (_, i) => scheduleName(long, i));
    expect(new Set(names).size).toBe(8);
    for (const name of names) expect(name).toMatch(/^[\w.-]{1,64}$/);
  });
});

describe('names of functions', () => {
  const settings = { every: '1 hour', handler: 'reconnect-workers' } as const;

  test('two jobs may not come to one', () => {
    expect(() => resolveList({ 'a.b': settings, 'a-b': settings }, JOBS)).toThrow(
      /^job 'a-b': name: its function has the name of job 'a\.b's, because Lambda takes no dots; rename either$/,
    );
  });

  test.each([
    'punctual-sweeper',
    'punctual-finalizer',
    'punctual.finalizer',
    'punctual-console',
    'punctual-health',
  ])('a job may not be called %s', (name) => {
    expect(() => resolveList({ [name]: settings }, JOBS)).toThrow(
      `job '${name}': name: its function has the name of Punctual's own '${name.replace('.', '-')}'; rename the job`,
    );
  });

  test('jobs of the longest names, of which little differs, have functions of their own', () => {
    const names = ['a', 'b'].map((end) => 'x'.repeat(63) + end);
    const [one, other] = names.map((name) => functionName('punctual-dev', name));
    expect(one).not.toBe(other);
    for (const name of [one, other]) expect(name).toMatch(/^punctual-dev-[\w-]{1,51}$/);
    const list = Object.fromEntries(names.map((name) => [name, settings]));
    expect(resolveList(list, JOBS)).toHaveLength(2);
  });
});

describe('groups', () => {
  const settings = { every: '1 hour', handler: 'reconnect-workers' } as const;

  test('are read from the list', async () => {
    const [job] = await readList('test/fixtures/lists/grouped.ts');
    expect(job).toMatchObject({ name: 'import', group: { name: 'database', limit: 2 } });
  });

  test('may be there for nobody', () => {
    expect(resolveList({ job: settings }, JOBS, { unused: { limit: 1 } })).toHaveLength(1);
  });

  test('are checked, used or not', () => {
    expect(() => resolveList({ job: settings }, JOBS, { unused: { limit: 0 } })).toThrow(
      "group 'unused': limit: 0 is not a whole number from 1 to 1000",
    );
  });
});

describe('the size of a stack', () => {
  const list = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `job-${i}`,
        { every: '1 hour' as const, handler: 'reconnect-workers' },
      ]),
    );

  test('is counted as it is', async () => {
    // With all that may be asked for.
    const options = { alertEmail: 'ops@example.com', healthUrl: true };
    const template = await templateOf('dev', undefined, undefined, options);
    // The CDK CLI adds its metadata, as one more.
    const resources = Object.keys(template.toJSON().Resources).length + 1;
    expect(resourcesFor(await readList())).toBe(resources);
  });

  test('bounds the list, in one line', () => {
    expect(resolveList(list(90), JOBS)).toHaveLength(90);
    expect(() => resolveList(list(91), JOBS)).toThrow(
      /^the list has 91 jobs, about 504 resources, and a CloudFormation stack holds 500; [^\n]+$/,
    );
  });
});
