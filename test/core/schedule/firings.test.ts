import { expect, test } from 'vitest';
import { firings } from '../../../core/schedule/firings.ts';
import { ticksBetween } from '../../../core/schedule/ticks.ts';

const take = (expression: string, timeZone: string, from: string, count: number) =>
  firings(expression, timeZone, new Date(from))
    .take(count)
    .map(({ wall, time, oddity }) => [
      wall,
      new Date(time).toISOString().slice(0, 16),
      ...(oddity ? [oddity] : []),
    ])
    .toArray();

test('a time inside the gap is told, and does not happen', () => {
  expect(take('cron(30 1,2,3 * * ? *)', 'Europe/Oslo', '2026-03-29T00:00Z', 4)).toEqual([
    ['2026-03-29T01:30', '2026-03-29T00:30'],
    ['2026-03-29T02:30', '2026-03-29T01:30', 'gap'],
    ['2026-03-29T03:30', '2026-03-29T01:30'],
    ['2026-03-30T01:30', '2026-03-29T23:30'],
  ]);
});

test('a time that the clock shows twice happens the first time', () => {
  expect(take('cron(30 1,2,3 * * ? *)', 'Europe/Oslo', '2026-10-24T23:00Z', 3)).toEqual([
    ['2026-10-25T01:30', '2026-10-24T23:30'],
    ['2026-10-25T02:30', '2026-10-25T00:30', 'repeat'],
    ['2026-10-25T03:30', '2026-10-25T02:30'],
  ]);
  // The clock shows 02:10 for the second time.
  expect(take('cron(30 2,3 * * ? *)', 'Europe/Oslo', '2026-10-25T01:10Z', 1)).toEqual([
    ['2026-10-25T03:30', '2026-10-25T02:30'],
  ]);
});

test('a rate and a single time have no oddities', () => {
  expect(take('rate(7 minutes)', 'UTC', '2026-03-29T00:01Z', 2).map(([wall]) => wall)).toEqual([
    '2026-03-29T00:06',
    '2026-03-29T00:13',
  ]);
  expect(take('at(2026-03-29T12:00:00)', 'Europe/Oslo', '2026-03-01T00:00Z', 5)).toEqual([
    ['2026-03-29T12:00', '2026-03-29T10:00'],
  ]);
});

test.each([
  ['Europe/Oslo', '2026-03-28', '2026-03-31'],
  ['Europe/Oslo', '2026-10-24', '2026-10-27'],
  ['America/Santiago', '2026-04-03', '2026-04-06'],
  ['America/Santiago', '2026-09-05', '2026-09-08'],
])('those that happen in %s from %s are the ticks', (zone, from, to) => {
  const expression = 'cron(0/20 * * * ? *)';
  const end = Date.parse(to);
  const happen = firings(expression, zone, new Date(from))
    .take(400)
    .filter(({ time, oddity }) => oddity !== 'gap' && time < end)
    .map(({ time }) => `${new Date(time).toISOString().slice(0, 16)}Z`)
    .toArray();
  expect(happen).toEqual(ticksBetween(expression, zone, new Date(from), new Date(to)));
});
