import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readList, resolveList } from '../../infra/list.ts';
import { scheduleName } from '../../infra/names.ts';

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

  test("nor that of the sweeper's", () => {
    const settings = { every: '8 minutes', handler: 'reconnect-workers' } as const;
    expect(() => resolveList({ 'punctual-sweeper': settings }, JOBS)).toThrow(
      "job 'punctual-sweeper': name: its schedule 'punctual-sweeper' has the name of the sweeper's; rename the job",
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

test('more jobs than a stack holds are refused in one line', () => {
  const list = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `job-${i}`,
        { every: '1 hour' as const, handler: 'reconnect-workers' },
      ]),
    );
  expect(resolveList(list(60), JOBS)).toHaveLength(60);
  expect(() => resolveList(list(61), JOBS)).toThrow(
    /^the list has 61 jobs, about 508 resources, and a CloudFormation stack holds 500; [^\n]+$/,
  );
});
