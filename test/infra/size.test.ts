import { describe, expect, test } from 'vitest';
import { layoutOf, shardOf } from '../../infra/size.ts';

const job = (name: string, more: object = {}) => ({
  name,
  expressions: ['cron(0 * * * ? *)'],
  description: name,
  payload: undefined,
  group: undefined,
  ...more,
});
const jobs = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => job(`job-${i}`, more));

describe('the layout of a list', () => {
  test.each([
    ['nothing', 0, 1],
    ['what one stack holds', 90, 1],
    ['one job more', 91, 32],
    ['a thousand jobs', 1000, 32],
    ['two thousand', 2000, 32],
  ])('%s', (_, count, shards) => {
    expect(layoutOf(jobs(count))).toBe(shards);
  });

  test('ten thousand schedules of fifty pools', () => {
    const pooled = Array.from({ length: 10_000 }, (_, i) => job(`sync-${i % 50}@tenant-${i}`));
    expect(layoutOf(pooled)).toBe(32);
  });

  test('goes by the size of the templates, too', () => {
    expect(layoutOf(jobs(60, { payload: 'x'.repeat(1_000) }))).toBe(1);
    expect(layoutOf(jobs(60, { payload: 'x'.repeat(10_000) }))).toBe(32);
  });

  test('goes by who shares a limit, since each names the others', () => {
    const named = Array.from({ length: 2000 }, (_, i) => job(`job-${i}-`.padEnd(64, 'x')));
    const shared = named.map((one, i) => ({ ...one, group: { name: `g${i % 100}`, limit: 2 } }));
    expect(layoutOf(named)).toBe(32);
    expect(() => layoutOf(shared)).toThrow('do not hold it');
  });

  test.each([
    ['too many jobs', jobs(12_000)],
    ['too much text', jobs(1000, { payload: 'x'.repeat(200_000) })],
  ])('%s are refused in one line', (_, list) => {
    expect(() => layoutOf(list)).toThrow(
      /^the list has \d+ jobs, about \d+ resources, and 32 nested stacks of 500 resources and 1 MB do not hold it; [^\n]+$/,
    );
  });
});

describe('where something lies', () => {
  test('follows from its name, for ever: where it moved, all of a deployed fleet would', () => {
    const names = ['reconnect-workers', 'send.digests', 'sync@tenant-42', 'sync'];
    expect(names.map((name) => shardOf(name, 32))).toEqual([2, 3, 0, 30]);
  });

  test('is spread evenly', () => {
    const counts = new Array<number>(32).fill(0);
    for (const { name } of jobs(10_000))
      counts[shardOf(name, 32)] = (counts[shardOf(name, 32)] ?? 0) + 1;
    expect(Math.max(...counts)).toBeLessThan((10_000 / 32) * 1.25);
  });

  test('is the stack itself where there is one', () => {
    expect(shardOf('anything', 1)).toBe(0);
  });
});
