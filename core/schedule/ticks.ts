import { Temporal } from 'temporal-polyfill';
import { type Tick, tickOf } from '../run/tick.ts';
import { wallTimes } from './cron.ts';
import { DAY, HOUR, MINUTE } from './duration.ts';
import { minutesOf } from './minutes.ts';

const EXPRESSION = /^(cron|rate|at)\((.+)\)$/;
const RATE = /^(\d+) (minute|hour|day)s?$/;
const RATE_UNIT = { minute: MINUTE, hour: HOUR, day: DAY };

/**
 * The nominal ticks of an EventBridge expression in [from, to), in order.
 *
 * Daylight saving as EventBridge Scheduler has it: a cron time inside a spring gap does not
 * happen; one inside the autumn repeat happens once (the earlier). A rate is counted from 1970,
 * since EventBridge leaves its phase open.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 *
 * @param expression `cron(...)`, `rate(...)` or `at(...)`
 * @param timeZone IANA name
 * @param most no more are looked for; default all
 */
export function ticksBetween(
  expression: string,
  timeZone: string,
  from: Date,
  to: Date,
  most = Number.POSITIVE_INFINITY,
): Tick[] {
  const ticks: Tick[] = [];
  for (const time of times(expression, timeZone, from.getTime()).take(most)) {
    if (time >= to.getTime()) break;
    ticks.push(tickOf(time));
  }
  return ticks;
}

/** The first tick at or after `from`; `undefined` where none comes any more. */
export function nextTick(expression: string, timeZone: string, from: Date): Tick | undefined {
  const [time] = times(expression, timeZone, from.getTime());
  return time === undefined ? undefined : tickOf(time);
}

/**
 * The ticks of several expressions together (a job may own several schedules), in order.
 *
 * @param most of each expression no more are looked for; default all
 */
export function ticksOfAll(
  expressions: readonly string[],
  timeZone: string,
  from: Date,
  to: Date,
  most?: number,
): Tick[] {
  return [...new Set(expressions.flatMap((e) => ticksBetween(e, timeZone, from, to, most)))].sort();
}

/** A month of working hours has its smallest gap among these many neighbours. */
const GAPS_LOOKED_AT = 50;

/**
 * The smallest distance between neighbouring ticks, in milliseconds; `undefined` where there are
 * fewer than two. Counted on the wall clock from a fixed day, so that it never depends on today.
 */
export function smallestGap(expression: string): number | undefined {
  const sample = times(expression, 'UTC', Date.parse('2026-01-01T00:00Z'))
    .take(GAPS_LOOKED_AT)
    .toArray();
  const gaps = sample.slice(1).map((time, i) => time - (sample[i] as number));
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

/** The times of an expression at or after `from`, in order, without end where the expression has none. */
function* times(expression: string, timeZone: string, from: number): Generator<number> {
  const [, kind, body = ''] = EXPRESSION.exec(expression) ?? [];
  if (kind === 'cron') yield* cronTimes(body, timeZone, from);
  else if (kind === 'rate') yield* rateTimes(body, from);
  else if (kind === 'at') {
    const time = toInstant(new Date(`${body}Z`), timeZone);
    if (time !== undefined && time >= from) yield time;
  } else
    throw new RangeError(
      `'${expression}' is not an EventBridge expression: cron(), rate() or at()`,
    );
}

function* cronTimes(body: string, timeZone: string, from: number): Generator<number> {
  const minutes = minutesOfEachDay(body);
  if (minutes.length > 0) return yield* dailyTimes(minutes, timeZone, from);
  const cron = wallTimes(body);
  // croner looks strictly after the given moment; a second earlier includes `from` itself.
  let wall = cron.nextRun(new Date(toWall(from, timeZone) - 1_000));
  for (; wall; wall = cron.nextRun(wall)) {
    const time = toInstant(wall, timeZone);
    if (time !== undefined && time >= from) yield time;
  }
}

/** The same without croner, for what fires on every day: a sweep of ten thousand jobs would wait for it. */
function* dailyTimes(minutes: readonly number[], timeZone: string, from: number) {
  const start = toWall(from, timeZone);
  for (let day = Math.floor(start / DAY) * DAY; ; day += DAY) {
    for (const minute of minutes) {
      const wall = day + minute * MINUTE;
      if (wall < start - MINUTE) continue; // before it is asked whether that is a time in the zone
      const time = toInstant(new Date(wall), timeZone);
      if (time !== undefined && time >= from) yield time;
    }
  }
}

const EACH_DAY = /^\S+ \S+ (\* \* \?|\? \* \*) \*$/;
/** By expression: many jobs of a long list have the same, and each is looked at again and again. */
const minutesKnown = new Map<string, readonly number[]>();

/** The minutes at which a cron fires on every day; none where its days differ. */
function minutesOfEachDay(body: string): readonly number[] {
  const known = minutesKnown.get(body);
  if (known) return known;
  const minutes = EACH_DAY.test(body) ? minutesOf(`cron(${body})`) : [];
  minutesKnown.set(body, minutes);
  return minutes;
}

function* rateTimes(body: string, from: number): Generator<number> {
  const [, count, unit] = RATE.exec(body) ?? [];
  if (!unit) throw new RangeError(`'rate(${body})' is not an EventBridge rate`);
  const interval = Number(count) * RATE_UNIT[unit as keyof typeof RATE_UNIT];
  for (let time = Math.ceil(from / interval) * interval; ; time += interval) yield time;
}

/** The wall clock of a zone at a moment, written as if it were UTC. */
export function toWall(time: number, timeZone: string): number {
  if (timeZone === 'UTC') return time;
  const zoned = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timeZone);
  return time + zoned.offsetNanoseconds / 1e6;
}

/** The moment a zone's wall clock shows this; the earlier of two, `undefined` inside a gap. */
export function toInstant(wall: Date, timeZone: string): number | undefined {
  if (timeZone === 'UTC') return wall.getTime();
  const plain = Temporal.PlainDateTime.from(wall.toISOString().slice(0, -1));
  const zoned = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  // 'earlier' moves a time inside a gap out of it; a moved one is no tick.
  return zoned.toPlainDateTime().equals(plain) ? zoned.epochMilliseconds : undefined;
}
