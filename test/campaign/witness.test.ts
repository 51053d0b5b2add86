import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepare, sightsIn, Witness } from './witness.ts';

const who = (job: string, fencingToken: number) => ({
  job,
  tick: '2026-03-01T00:00Z',
  attempt: 1,
  fencingToken,
});
const orders = (more: { concurrency?: number; group?: string; limit?: number } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-witness-'));
  prepare(folder);
  return { folder, concurrency: 1, ...more };
};
const seen = (folder: string) => sightsIn(folder).map(({ what }) => what);

test('sees one that begins while another lives', () => {
  const one = orders();
  Witness.start(one, who('report', 5));
  Witness.start(one, who('report', 6));
  expect(seen(one.folder)).toEqual(['started', 'too many of the job', 'started']);
});

test('sees the third of two that are allowed, and counts', () => {
  const two = orders({ concurrency: 2 });
  for (const token of [5, 6, 7]) Witness.start(two, who('report', token));
  expect(seen(two.folder)).toEqual(['started', 'started', 'too many of the job', 'started']);
  expect(sightsIn(two.folder).flatMap(({ live }) => live?.job ?? [])).toEqual([1, 2, 3]);
});

test('sees another job of a full group', () => {
  const shared = orders({ group: 'database', limit: 1 });
  Witness.start(shared, who('report', 5));
  Witness.start(shared, who('backup', 6));
  expect(seen(shared.folder)).toEqual(['started', 'too many of the group', 'started']);
});

test("one that has ended is in nobody's way", () => {
  const shared = orders({ group: 'database', limit: 1 });
  Witness.start(shared, who('report', 5)).end('threw');
  Witness.start(shared, who('report', 6)).end('returned');
  expect(seen(shared.folder)).toEqual(['started', 'threw', 'started', 'returned']);
});

test('does not take a dead process for a living one', async () => {
  const one = orders();
  const dead = spawn(process.execPath, ['-e', '0']);
  await once(dead, 'exit');
  mkdirSync(join(one.folder, 'job report'));
  writeFileSync(join(one.folder, 'job report', `${dead.pid} report 4`), '');
  Witness.start(one, who('report', 5));
  expect(seen(one.folder)).toEqual(['started']);
});
