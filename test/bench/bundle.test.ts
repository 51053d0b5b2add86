import { expect, test } from 'vitest';
import { bundle } from '../../bench/bundle.ts';
import { importTime } from '../../bench/import-time.ts';
import { readList } from '../../infra/list.ts';

/** Bytes, minified. Every byte is read and compiled at each cold start, which is billed. */
const BUDGET = 530_000;

test('the bundle of every job is within its budget, and can be imported', async () => {
  for (const { name, entry } of await readList()) {
    const { path, bytes } = await bundle(entry);
    expect(bytes, name).toBeLessThanOrEqual(BUDGET);
    expect(bytes, name).toBeGreaterThan(0);
    expect(await importTime(path), name).toBeGreaterThan(0);
  }
});
