import { expect, test } from 'vitest';
import { ticksBetween } from '../../core/schedule/ticks.ts';
import { dice, isAway, pick } from './dice.ts';
import { cronOf, FROM, minutesOf } from './span.ts';

test('the dice of a seed fall the same way every time, and in their shares', () => {
  expect(dice(1, 'a', 2)).toBe(dice(1, 'a', 2));
  expect(dice(1, 'a', 2)).not.toBe(dice(2, 'a', 2));
  const rolls = Array.from({ length: 10_000 }, (_, i) =>
    pick(dice(1, i), { rare: 0.1, rarer: 0.01 }),
  );
  expect(rolls.filter((roll) => roll === 'rare').length).toBeGreaterThan(900);
  expect(rolls.filter((roll) => roll === 'rarer').length).toBeLessThan(150);
  expect(rolls).toContain(undefined);
});

test('a service is away now and then, for some minutes', () => {
  const away = Array.from({ length: 400 }, (_, minute) => isAway(1, 'store', minute * 60_000));
  const minutes = away.filter(Boolean).length;
  expect(minutes).toBeGreaterThanOrEqual(5);
  expect(minutes).toBeLessThanOrEqual(30);
});

test.each([
  [1, 1],
  [600, 30],
  [1201, 120],
  [28_801, 2880],
])('%i ticks of 20 jobs are a campaign of %i minutes, and its jobs stop then', (ticks, minutes) => {
  expect(minutesOf(ticks, 20)).toBe(minutes);
  const expression = `cron(${cronOf(minutes)})`;
  const due = ticksBetween(expression, 'UTC', new Date(FROM), new Date('2026-03-05T00:00Z'));
  expect(due).toHaveLength(minutes);
  expect(due[0]).toBe('2026-03-01T00:00Z');
});

test('a campaign of more than a month is refused', () => {
  expect(() => minutesOf(1_000_000, 20)).toThrow('at most 892800');
});
