import { beforeAll, expect, test } from 'vitest';
import { dice } from '../campaign/dice.ts';
import { play, type Seen, timeAt } from './play.ts';

const HOUR = 3_600_000;
/** How much of a day is played, in hours. */
const HOURS = Number(process.env.PUNCTUAL_TROUBLES_HOURS ?? 6);
const END = timeAt('00:00') + HOURS * HOUR;
const TICKS = HOURS * 6;

let seen: Seen;
const rows = () => seen.rows.filter(({ tick }) => Date.parse(tick) < END);

beforeAll(async () => {
  seen = await play({
    part: 'unlucky',
    // Long enough for the last attempt of the last tick.
    to: END + 2 * HOUR,
    deliveries: (_job, tick) => (Date.parse(tick) < END ? [0, 0, 0, 0] : []),
  });
});

test('every tick ends as one row, and nothing is left waiting', () => {
  expect(rows()).toHaveLength(TICKS);
  expect(rows().filter(({ retryAt }) => retryAt !== undefined)).toEqual([]);
  expect(seen.left).toEqual({ schedules: 0, messages: 0, poison: 0 });
  expect(seen.locks.flatMap(({ holders }) => Object.keys(holders))).toEqual([]);
});

test('no tick succeeds twice, and each success had its effect', () => {
  const effects = seen.notes.filter(({ what }) => what === 'effect').map(({ tick }) => tick);
  const succeeded = rows().filter(({ status }) => status === 'succeeded');
  expect(effects.sort()).toEqual(succeeded.map(({ tick }) => tick));
});

test('each attempt that the dice let fail is followed by one more, and no other', () => {
  for (const { tick, status, attempt } of rows()) {
    const lucky = [1, 2, 3, 4, 5, 6].find((nth) => dice(1, tick, nth) >= 0.2);
    expect({ tick, status, attempt }).toEqual({
      tick,
      status: lucky ? 'succeeded' : 'failed',
      attempt: lucky ?? 6,
    });
  }
  expect(rows().filter(({ attempt }) => attempt > 1).length).toBeGreaterThan(0);
});

test('each attempt ran once, though each event came four times', () => {
  const started = seen.notes
    .filter(({ what }) => what === 'started')
    .map(({ tick, attempt }) => `${tick} ${attempt}`);
  expect(started.length).toBe(new Set(started).size);
  expect(started.length).toBe(rows().reduce((sum, { attempt }) => sum + attempt, 0));
});

test('each retry was asked for once', () => {
  const retries = rows().reduce((sum, { attempt }) => sum + attempt - 1, 0);
  expect(seen.schedulesMade).toHaveLength(retries);
  expect(new Set(seen.schedulesMade).size).toBe(retries);
});
