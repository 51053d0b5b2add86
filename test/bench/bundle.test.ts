import { expect, test } from 'vitest';
import { importTime } from '../../bench/import-time.ts';
import { grown, measureSizes } from '../../bench/sizes.ts';

const sizes = await measureSizes();

test('every function is within its budget, and can be imported', async () => {
  const tooLarge = sizes
    .filter(({ bundle, budget }) => bundle.bytes > budget * 1000)
    .map(
      ({ name, bundle, budget, grown }) =>
        `${name}: ${bundle.bytes / 1000} of ${budget} KB; grew: ${grown.join(', ')}`,
    );
  expect(tooLarge).toEqual([]);
  expect(sizes.length).toBeGreaterThan(4);
  for (const { name, bundle } of sizes) {
    expect(bundle.bytes, name).toBeGreaterThan(0);
    expect(await importTime(bundle.path), name).toBeGreaterThan(0);
  }
});

test('a job carries nothing that it needs only after a failure, and no calendar', async () => {
  const jobs = sizes.filter(({ kind }) => kind === 'job');
  expect(jobs).not.toEqual([]);
  for (const { name, bundle } of jobs) {
    const parts = Object.keys(bundle.parts);
    expect(parts, name).toContain('@aws-sdk/client-dynamodb');
    for (const part of ['@aws-sdk/client-lambda', '@aws-sdk/client-scheduler', 'croner'])
      expect(parts, name).not.toContain(part);
    expect(parts.filter((part) => part.includes('temporal'))).toEqual([]);
  }
});

test('what grew is named, the most first', () => {
  const before = { a: 10, b: 20, c: 5, gone: 7 };
  expect(grown(before, { a: 10.1, b: 21, c: 8, fresh: 2 })).toEqual([
    'c 5 -> 8',
    'fresh 0 -> 2',
    'b 20 -> 21',
  ]);
});
