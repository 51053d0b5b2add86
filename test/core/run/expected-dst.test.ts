import { describe, expect, test } from 'vitest';
import { dueTicks, holdAt, type Plan, type Swept } from '../../../core/run/expected.ts';
import { type Tick, tickOf } from '../../../core/run/tick.ts';
import { DAY, HOUR, MINUTE } from '../../../core/schedule/duration.ts';

const GRACE = 10 * MINUTE;

/** When a job fires, in the words of EventBridge and as a look at the clock on the wall. */
const SCHEDULES: { expression: string; isDue: (hour: number, minute: number) => boolean }[] = [
  { expression: 'cron(0/10 * * * ? *)', isDue: (_, minute) => minute % 10 === 0 },
  { expression: 'cron(30 * * * ? *)', isDue: (_, minute) => minute === 30 },
  { expression: 'cron(30 2 * * ? *)', isDue: (hour, minute) => hour === 2 && minute === 30 },
  { expression: 'cron(0 3 * * ? *)', isDue: (hour, minute) => hour === 3 && minute === 0 },
  { expression: 'cron(15 0 * * ? *)', isDue: (hour, minute) => hour === 0 && minute === 15 },
  { expression: 'cron(45 23 * * ? *)', isDue: (hour, minute) => hour === 23 && minute === 45 },
  { expression: 'cron(0 12 * * ? *)', isDue: (hour, minute) => hour === 12 && minute === 0 },
];

/**
 * What EventBridge fires, found minute by minute: each minute of the zone's calendar in which the clock on
 * the wall shows it, and of a wall time that comes twice the first. No wall time inside a gap is ever shown.
 */
function fired(
  timeZone: string,
  from: number,
  to: number,
  isDue: (h: number, m: number) => boolean,
) {
  const wall = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const shown = new Set<string>();
  const ticks: Tick[] = [];
  // From a day before: what is shown first decides which of two is the repeat.
  for (let time = from - DAY; time < to; time += MINUTE) {
    const text = wall.format(time);
    const [hour = 0, minute = 0] = text.slice(-5).split(':').map(Number);
    if (isDue(hour, minute) && !shown.has(text) && time >= from) ticks.push(tickOf(time));
    shown.add(text);
  }
  return ticks;
}

/** Everything that sweeps every five minutes look for, in the order in which they do. */
function swept(plan: Plan, from: number, to: number): Tick[] {
  let seen: Swept[] = [{ ...plan, until: tickOf(from - MINUTE) }];
  const found: Tick[] = [];
  for (let now = from + 4 * MINUTE; now <= to + GRACE + 5 * MINUTE; now += 5 * MINUTE) {
    const due = dueTicks(plan, seen, now, now - 5 * MINUTE);
    found.push(...due.ticks);
    seen = holdAt(due.swept, []);
  }
  return found.filter((tick) => tick < tickOf(to));
}

describe.each([
  ['Europe/Oslo', 'spring', '2026-03-28T12:00Z', -1],
  ['Europe/Oslo', 'autumn', '2026-10-24T12:00Z', 1],
  ['America/Santiago', 'autumn', '2026-04-04T12:00Z', 1],
  ['America/Santiago', 'spring', '2026-09-05T12:00Z', -1],
  ['America/Asuncion', 'autumn', '2024-03-23T12:00Z', 1],
  ['America/Asuncion', 'spring', '2024-10-05T12:00Z', -1],
] as const)('48 hours in %s, across the change of %s', (timeZone, _, start, hours) => {
  const from = Date.parse(start);
  const to = from + 48 * HOUR;

  test.each(SCHEDULES)(
    '$expression: what EventBridge fires, each once',
    ({ expression, isDue }) => {
      const plan = { expressions: [expression], timeZone, misfireGrace: GRACE };
      const ticks = fired(timeZone, from, to, isDue);
      expect(swept(plan, from, to)).toEqual(ticks);
      expect(new Set(ticks).size).toBe(ticks.length);
    },
  );

  test('the change is in it: an hour of the wall clock is left out, or comes twice', () => {
    const shownAt = (time: number) =>
      Number(
        new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(time),
      );
    expect((shownAt(to) - shownAt(from) + 24) % 24).toBe((-hours + 24) % 24);
  });
});
