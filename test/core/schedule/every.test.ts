import { describe, expect, test } from 'vitest';
import { everyExpressions, nearestDividing } from '../../../core/schedule/every.ts';
import { ticksOfAll } from '../../../core/schedule/ticks.ts';

const FROM = new Date('2026-03-01T00:00Z');
const TO = new Date('2026-03-02T00:00Z');

describe('everyExpressions', () => {
  test.each([
    [10, 0, ['cron(0/10 * * * ? *)']],
    [5, 1, ['cron(1/5 * * * ? *)']],
    [8, 2, ['cron(2/8 0/2 * * ? *)', 'cron(6/8 1/2 * * ? *)']],
    [60, 5, ['cron(5 * * * ? *)']],
    [90, 0, ['cron(0 0/3 * * ? *)', 'cron(30 1/3 * * ? *)']],
    [1, 0, ['cron(* * * * ? *)']],
    [1440, 540, ['cron(0 9 * * ? *)']],
    [720, 61, ['cron(1 1/12 * * ? *)']],
  ])('every %i minutes from minute %i', (interval, offset, expected) => {
    expect(everyExpressions(interval, offset)).toEqual(expected);
  });

  test('every interval that divides a day ticks exactly that often, at any offset', () => {
    const intervals = Array.from({ length: 1440 }, (_, i) => i + 1).filter((n) => 1440 % n === 0);
    for (const interval of intervals) {
      for (const offset of new Set([0, Math.floor(interval / 2), interval - 1])) {
        const ticks = ticksOfAll(everyExpressions(interval, offset), 'UTC', FROM, TO);
        const wanted = Array.from({ length: 1440 / interval }, (_, i) => {
          const minute = offset + i * interval;
          return `${new Date(FROM.getTime() + minute * 60_000).toISOString().slice(0, 16)}Z`;
        });
        expect(ticks, `every ${interval} from ${offset}`).toEqual(wanted);
      }
    }
  });
});

test.each([
  [7, [6, 8]],
  [25, [24, 30]],
  [1000, [720, 1440]],
  [10, [10]],
])('nearest to %i minutes', (interval, nearest) => {
  expect(nearestDividing(interval)).toEqual(nearest);
});
