import { expect, test } from 'vitest';
import { spreadOf } from '../../../core/operations/spread.ts';
import { deployedOf } from '../../../core/run/limits.ts';
import { dayFigures } from '../../../core/schedule/day-starts.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Settings } from '../../../core/schedule/settings.ts';
import { readList } from '../../../infra/list.ts';

const NOW = Date.parse('2026-03-01T09:00:00Z');
const deployed = (name: string, settings: Settings) =>
  deployedOf(resolveJob(name, settings, { db: { limit: 1 } }));

test('the list of the project: as it is, without offsets, and packed', async () => {
  const { asItIs, flat, packed } = spreadOf((await readList()).map(deployedOf), NOW);
  const of = (day: number[]) => {
    const { count, fullest, shared } = dayFigures(day);
    return [count, fullest.starts, shared];
  };
  // The same as `npm run bench stagger-list` and `punctual plan` say.
  expect(of(asItIs)).toEqual([925, 3, 181]);
  expect(of(flat)).toEqual([925, 6, 144]);
  expect(of(packed ?? [])).toEqual([925, 2, 36]);
});

test('what names its times keeps them, and what is off starts nothing but keeps its place', () => {
  const nine = deployed('nine', { cron: '0 9 * * ? *' });
  const daily = deployed('daily', { every: '1 day', offset: '9 hours' });
  const off = { ...deployed('off', { cron: '0/2 * * * ? *' }), enabled: false };
  const { asItIs, flat, packed = [] } = spreadOf([off, nine, daily], NOW);
  expect([asItIs[540], flat[540], flat[0], dayFigures(asItIs).count]).toEqual([2, 1, 1, 2]);
  expect(packed[540]).toBe(1);
  const moved = packed.findIndex((starts, minute) => starts > 0 && minute !== 540);
  // The even minutes are those of the job that is off.
  expect(moved % 2).toBe(1);
});

test('jobs of one group are kept apart first', () => {
  const list = ['a', 'b'].map((name) => deployed(name, { every: '2 minutes', group: 'db' }));
  const { packed = [] } = spreadOf(list, NOW);
  expect(dayFigures(packed).shared).toBe(0);
});

test('a list that is too long is not packed on the way', () => {
  const job = deployed('a', { every: '10 minutes' });
  const list = (length: number) => Array.from({ length }, () => job);
  expect(spreadOf(list(300), NOW).packed).toBeDefined();
  expect(spreadOf(list(301), NOW).packed).toBeUndefined();
});
