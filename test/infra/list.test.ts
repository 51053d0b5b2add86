import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionName } from '../../core/run/function-name.ts';
import type { Settings } from '../../core/schedule/settings.ts';
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

  test('a job may not have the name of the schedule of a pool’s job', () => {
    const pooled = { every: '1 hour', pool: 'sync', handler: 'reconnect-workers' } as const;
    const settings = { every: '1 hour', handler: 'reconnect-workers' } as const;
    expect(() => resolveList({ 'sync@a': pooled, sync_a: settings }, JOBS)).toThrow(
      "job 'sync_a': name: its schedule 'sync_a' has the name of one of job 'sync@a'; rename either",
    );
  });

  test('in a fleet they are others', () => {
    expect([0, 1].map((i) => scheduleName('reconnect', i, 32))).toEqual([
      'fleet32_reconnect',
      'fleet32_reconnect.2',
    ]);
    expect(scheduleName('sync@tenant-42', 0, 128)).toBe('fleet128_sync_tenant-42');
    expect(scheduleName('sync@tenant-42', 1)).toBe('sync_tenant-42.2');
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

  test('a pool may not come to that of a job', () => {
    const pooled = { ...settings, pool: 'a-b' };
    expect(() => resolveList({ 'a.b': settings, 'a-b@x': pooled }, JOBS)).toThrow(
      "job 'a-b@x': name: its function has the name of job 'a.b's",
    );
    const reserved = { ...settings, pool: 'punctual-sweeper' };
    expect(() => resolveList({ 'punctual-sweeper@x': reserved }, JOBS)).toThrow(
      "its function has the name of Punctual's own 'punctual-sweeper'",
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

  test('does not bound the list: what is more than one holds is a fleet', () => {
    expect(resolveList(list(91), JOBS)).toHaveLength(91);
    expect(() => resolveList(list(12_000), JOBS)).toThrow(/^the list has 12000 jobs, [^\n]+$/);
  });
});

describe("offset: 'auto'", () => {
  const auto = { every: '1 hour', offset: 'auto', handler: 'reconnect-workers' } as const;

  test('is chosen among the jobs of the list', () => {
    const jobs = resolveList({ fixed: { ...auto, offset: '1 minute' }, a: auto, b: auto }, JOBS);
    const minutes = jobs.map(({ expressions }) => expressions[0]);
    expect(minutes[0]).toBe('cron(1 * * * ? *)');
    expect(new Set(minutes).size).toBe(3);
  });

  test('goes by the durations that the list exports', async () => {
    const [long, short] = await readList('test/fixtures/lists/durations.ts');
    // The long one goes on for half of its interval; the short one starts in the other half.
    const minutes = [long, short].map((job) =>
      Number(/^cron\((\d+)/.exec(`${job?.expressions}`)?.[1]),
    );
    const [from = 0, at = 0] = minutes;
    expect((at - from + 10) % 10).toBeGreaterThanOrEqual(5);
    expect(long?.load).toEqual(new Array(5).fill(60_000));
  });

  test.each([
    [
      'a cron',
      { cron: '0 9 * * ? *', offset: 'auto' },
      "job 'a': offset: shifts an interval, and the job has none; leave it out, or say every",
    ],
    [
      'any phase',
      { every: '7 minutes', phase: 'any', offset: 'auto' },
      "job 'a': offset: an interval with phase 'any' has no offset; leave it out, or take one that divides a day",
    ],
    [
      'an odd interval',
      { every: '7 minutes', offset: 'auto' },
      "job 'a': every: '7 minutes' does not divide a day",
    ],
    [
      'a weight of none',
      { ...auto, weight: 0 },
      "job 'a': weight: 0 is not a whole number from 1 to 1000",
    ],
  ])('%s is refused in one line', (_, settings, mend) => {
    const refuse = () => resolveList({ a: settings as Settings }, JOBS);
    expect(refuse).toThrow(/^[^\n]+$/);
    expect(refuse).toThrow(mend);
  });

  test('a duration that is none is refused', () => {
    expect(() => resolveList({ a: auto }, JOBS, {}, { a: -5 })).toThrow(
      "job 'a': durations: -5 is not a number of milliseconds",
    );
  });
});
