import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stagger, staggerList } from '../../bench/stagger.ts';

test('the fullest minute has at most one start more than the least possible, at every size', async () => {
  const lines = await stagger.measure();
  expect(lines.map(({ jobs }) => jobs)).toEqual([7, 20, 50, 100, 1_000, 10_000]);
  for (const line of lines) {
    expect(line.packed, `${line.jobs} jobs`).toBeLessThanOrEqual(Number(line.bound) + 1);
    expect(Number(line.packed)).toBeLessThanOrEqual(Number(line.hash));
  }
});

test('the default list, by hand and packed', async () => {
  expect(await staggerList.measure()).toMatchObject([
    { offsets: 'none', 'in the fullest minute': 6 },
    { offsets: 'by hand', 'in the fullest minute': 3, 'minutes with more than one': 181 },
    { offsets: "'auto'", 'in the fullest minute': 2, 'minutes with more than one': 36 },
  ]);
});

test('the picture in the docs is of the list that is measured', async () => {
  const [, , , hundred] = await stagger.measure();
  const picture = readFileSync(new URL('../../docs/stagger.svg', import.meta.url), 'utf8');
  const told = [...picture.matchAll(/(\d+) starts in the fullest minute/g)].map(([, most]) =>
    Number(most),
  );
  expect(told).toEqual([hundred?.['all at :00'], hundred?.hash, hundred?.packed]);
});
