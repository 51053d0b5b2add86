import { expect, test } from 'vitest';
import { dayFigures, startsByMinute } from '../../../core/schedule/day-starts.ts';

const WINTER = Date.parse('2026-01-14T12:00:30Z');
const SUMMER = Date.parse('2026-07-15T12:00:30Z');
const job = (timeZone: string, ...expressions: string[]) => ({ timeZone, expressions });
const minutes = (day: readonly number[]) => day.flatMap((starts, i) => (starts > 0 ? [[i, starts]] : [])); // biome-ignore format: one line reads better

test('each job counts in the minutes of its expressions, once where two of them meet', () => {
  const twice = job('UTC', 'cron(0 9 * * ? *)', 'cron(0 9,10 * * ? *)');
  const weekly = job('UTC', 'cron(0 9 ? * MON *)');
  expect(minutes(startsByMinute([twice, weekly], WINTER))).toEqual([
    [540, 2],
    [600, 1],
  ]);
  expect(minutes(startsByMinute([job('UTC', 'rate(7 minutes)')], WINTER))).toEqual([]);
});

test('the clocks of their zones count as they stand', () => {
  const night = job('Europe/Oslo', 'cron(30 0 * * ? *)');
  expect(minutes(startsByMinute([night], WINTER))).toEqual([[23 * 60 + 30, 1]]);
  expect(minutes(startsByMinute([night], SUMMER))).toEqual([[22 * 60 + 30, 1]]);
  const ahead = job('Asia/Kolkata', 'cron(0 3 * * ? *)');
  expect(minutes(startsByMinute([ahead], WINTER))).toEqual([[21 * 60 + 30, 1]]);
  const behind = job('America/Anchorage', 'cron(0 23 * * ? *)');
  expect(minutes(startsByMinute([behind], WINTER))).toEqual([[8 * 60, 1]]);
});

test('the figures of a day', () => {
  const often = job('UTC', 'cron(* * * * ? *)');
  const day = startsByMinute([often, job('UTC', 'cron(5,7 1 * * ? *)')], WINTER);
  expect(dayFigures(day)).toEqual({
    count: 1_442,
    fullest: { minute: 65, starts: 2 },
    shared: 2,
    bound: 2,
  });
  expect(dayFigures(startsByMinute([], WINTER))).toMatchObject({ count: 0, bound: 0 });
});
