import { describe, expect, test } from 'vitest';
import { nextTick, smallestGap, ticksBetween } from '../../../core/schedule/ticks.ts';
import { randomFrom } from '../../../local/world/random.ts';

const between = (expression: string, zone: string, from: string, to: string) =>
  ticksBetween(expression, zone, new Date(from), new Date(to));

describe('cron', () => {
  test('covers the first instant and not the last', () => {
    expect(
      between('cron(0/10 * * * ? *)', 'UTC', '2026-03-01T00:00Z', '2026-03-01T00:30Z'),
    ).toEqual(['2026-03-01T00:00Z', '2026-03-01T00:10Z', '2026-03-01T00:20Z']);
  });

  test('starts after a moment inside a minute', () => {
    expect(nextTick('cron(* * * * ? *)', 'UTC', new Date('2026-03-01T00:00:00.001Z'))).toBe(
      '2026-03-01T00:01Z',
    );
  });

  test.each([
    ['cron(0 9 ? * 2 *)', '2026-03-02T09:00Z'], // Monday: EventBridge counts 1-7 from Sunday
    ['cron(0 9 ? * MON-FRI *)', '2026-03-02T09:00Z'],
    ['cron(0 9 L * ? *)', '2026-03-31T09:00Z'],
    ['cron(0 9 15W * ? *)', '2026-03-16T09:00Z'],
    ['cron(0 9 ? * 6#3 *)', '2026-03-20T09:00Z'],
    ['cron(0 9 ? * 6L *)', '2026-03-27T09:00Z'],
    ['cron(0 0 1 1 ? 2028)', '2028-01-01T00:00Z'],
  ])('%s', (expression, tick) => {
    expect(nextTick(expression, 'UTC', new Date('2026-03-01T00:00Z'))).toBe(tick);
  });

  test('is read in its zone', () => {
    expect(nextTick('cron(0 9 * * ? *)', 'America/New_York', new Date('2026-01-15T00:00Z'))).toBe(
      '2026-01-15T14:00Z',
    );
  });
});

describe('what fires on every day', () => {
  /** The same by croner: a list of weekdays is no '*'. */
  const byCroner = (expression: string) => expression.replace('* * ? *', '? * 1,2,3,4,5,6,7 *');

  test.each(['UTC', 'Europe/Oslo', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo'])(
    'has the times that croner finds, in %s',
    (zone) => {
      const random = randomFrom(7);
      const below = (count: number) => Math.floor(random() * count);
      const minutes = () => [`${below(60)}`, `${below(5)}/5`, '*', '10-50/20', '5,1,35'][below(5)];
      const hours = () => [`${below(24)}`, '*', '1-3', `${below(8)}/8`, '22,2'][below(5)];
      // Around both changes of the clocks in each of the zones.
      for (const day of [
        '2026-03-07',
        '2026-03-28',
        '2026-04-04',
        '2026-04-23',
        '2026-10-03',
        '2026-10-24',
        '2026-10-29',
        '2026-10-31',
      ]) {
        for (let i = 0; i < 3; i++) {
          const expression = `cron(${minutes()} ${hours()} * * ? *)`;
          const from = new Date(
            Date.parse(`${day}T12:00Z`) + below(24 * 60) * 60_000 + below(2) * 1_500,
          );
          const to = new Date(from.getTime() + 36 * 3_600_000);
          const [own, others] = [expression, byCroner(expression)].map((one) =>
            ticksBetween(one, zone, from, to),
          );
          expect(own, `${expression} from ${from.toISOString()}`).toEqual(others);
        }
      }
    },
  );
});

describe('daylight saving', () => {
  // Oslo's clocks jump from 02:00 to 03:00 on 29 March 2026 and fall back from 03:00 on 25 October.
  test('a time inside the spring gap does not happen', () => {
    expect(
      between('cron(30 1,2,3 * * ? *)', 'Europe/Oslo', '2026-03-28T23:00Z', '2026-03-29T22:00Z'),
    ).toEqual(['2026-03-29T00:30Z', '2026-03-29T01:30Z']);
  });

  test('a time inside the autumn repeat happens once', () => {
    expect(
      between('cron(30 1,2,3 * * ? *)', 'Europe/Oslo', '2026-10-24T22:00Z', '2026-10-25T23:00Z'),
    ).toEqual(['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T02:30Z']);
  });

  test('asking from within the repeated hour does not bring it back', () => {
    expect(nextTick('cron(30 2 * * ? *)', 'Europe/Oslo', new Date('2026-10-25T01:15Z'))).toBe(
      '2026-10-26T01:30Z',
    );
  });

  test('a zone without daylight saving ticks every day', () => {
    const days = between(
      'cron(30 2 * * ? *)',
      'Africa/Lagos',
      '2026-03-01T00:00Z',
      '2026-04-01T00:00Z',
    );
    expect(days).toHaveLength(31);
  });
});

describe('rate and at', () => {
  test('a rate ticks at its interval', () => {
    const ticks = between('rate(7 minutes)', 'UTC', '2026-03-01T00:00Z', '2026-03-01T01:10Z');
    expect(ticks).toHaveLength(10);
    expect(
      new Set(ticks.slice(1).map((t, i) => Date.parse(t) - Date.parse(ticks[i] ?? ''))),
    ).toEqual(new Set([7 * 60_000]));
  });

  test('a one-time schedule ticks once, in its zone', () => {
    expect(
      between('at(2026-12-24T18:00:00)', 'Europe/Oslo', '2026-01-01T00:00Z', '2027-01-01T00:00Z'),
    ).toEqual(['2026-12-24T17:00Z']);
    expect(
      nextTick('at(2026-12-24T18:00:00)', 'UTC', new Date('2026-12-25T00:00Z')),
    ).toBeUndefined();
  });

  test('what is no EventBridge expression is refused', () => {
    expect(() => between('hourly', 'UTC', '2026-01-01T00:00Z', '2026-01-02T00:00Z')).toThrow(
      /cron\(\), rate\(\) or at\(\)/,
    );
  });
});

test('smallestGap is the smallest distance between neighbours', () => {
  expect(smallestGap('cron(0,10,15 * * * ? *)')).toBe(5 * 60_000);
  expect(smallestGap('at(2026-12-24T18:00:00)')).toBeUndefined();
});
