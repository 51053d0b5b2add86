import { Temporal } from 'temporal-polyfill';
import { wallTimes } from './cron.ts';
import { nextTick, toInstant, toWall } from './ticks.ts';

/** A time of a schedule, as the wall clock of its zone shows it. */
export interface Firing {
  /** `2026-03-29T02:30`. */
  wall: string;
  /**
   * Milliseconds since 1970. Where the wall clock leaves the time out: when it would be, had nobody put
   * it forward.
   */
  time: number;
  /**
   * `gap` the wall clock leaves it out: it does not happen.
   * `repeat` the wall clock shows it twice: it happens the first time only.
   */
  oddity?: 'gap' | 'repeat';
}

/**
 * The times of an EventBridge expression from a moment on, in order, with those that daylight saving
 * takes away. Without end, where the expression has none.
 */
export function* firings(expression: string, timeZone: string, from: Date): Generator<Firing> {
  if (!expression.startsWith('cron(')) return yield* plain(expression, timeZone, from);
  const start = from.getTime();
  const cron = wallTimes(expression.slice('cron('.length, -1));
  // croner looks strictly after the given moment; a second earlier includes `from` itself.
  let wall = cron.nextRun(new Date(toWall(start, timeZone) - 1_000));
  for (; wall; wall = cron.nextRun(wall)) {
    const firing = firingAt(wall, timeZone);
    // What the clock shows for the second time has happened.
    if (firing.time >= start) yield firing;
  }
}

/** Of `rate()` and `at()`, which daylight saving does not touch. */
function* plain(expression: string, timeZone: string, from: Date): Generator<Firing> {
  let tick = nextTick(expression, timeZone, from);
  while (tick) {
    const time = Date.parse(tick);
    yield { wall: written(new Date(toWall(time, timeZone))), time };
    tick = nextTick(expression, timeZone, new Date(time + 1));
  }
}

function firingAt(wall: Date, timeZone: string): Firing {
  const time = toInstant(wall, timeZone);
  const shown = Temporal.PlainDateTime.from(wall.toISOString().slice(0, -1));
  const later = shown.toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds;
  if (time === undefined) return { wall: written(wall), time: later, oddity: 'gap' };
  return { wall: written(wall), time, ...(later !== time && { oddity: 'repeat' }) };
}

function written(wall: Date): string {
  return wall.toISOString().slice(0, 16);
}
