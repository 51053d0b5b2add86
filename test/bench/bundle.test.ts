import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../bench/bundle.ts';
import { importTime } from '../../bench/import-time.ts';
import { type ListedJob, readList } from '../../infra/list.ts';

/** Bytes, minified. Every byte is read and compiled at each cold start, which is billed. */
const BUDGET = 600_000;

let folder: string;
let jobs: ListedJob[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'punctual-bundles-'));
  jobs = await readList();
});
afterAll(() => rm(folder, { recursive: true }));

test('the bundle of every job is within its budget, and can be imported', async () => {
  for (const { name, entry } of jobs) {
    const { path, bytes } = await bundle(entry, join(folder, name));
    expect(bytes, name).toBeLessThanOrEqual(BUDGET);
    expect(bytes, name).toBeGreaterThan(0);
    expect(await importTime(path), name).toBeGreaterThan(0);
  }
});
