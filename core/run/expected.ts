import { createHash } from 'node:crypto';
import { DAY, MINUTE } from '../schedule/duration.ts';
import type { Job } from '../schedule/resolve.ts';
import { ticksOfAll } from '../schedule/ticks.ts';
import { type Tick, tickOf, timeOf } from './tick.ts';

/** How far the sweeps have come with one job. */
export interface Swept {
  /** Every expected tick up to this one, itself included, is known to have its row. */
  until: Tick;
  /** What they were expected from: a short hash of the expressions and the time zone. */
  expressions: string;
}

/** The ticks of one job that a sweep has to look for. */
export interface Due {
  ticks: Tick[];
  /** What to remember once all of them have their row. */
  swept: Swept;
  /** Whether ticks were passed over, because no sweep came for longer than `LONGEST_WINDOW`. */
  cut: boolean;
}

/**
 * How far a sweep looks back at most, in milliseconds: after a longer absence it would be busy for
 * minutes with rows that tell nobody anything new.
 */
const LONGEST_WINDOW = DAY;

/**
 * The ticks that should have a row by now and were not seen to have one: those after `seen.until`
 * that are past their grace, which is when `runTick` would refuse them as misfires.
 *
 * A job that is new, or whose expressions changed, starts now: nothing is missed before its first
 * deploy, or because a deploy moved its ticks.
 *
 * The ticks of a `rate(...)` are not expected, since EventBridge leaves their phase open: each one
 * guessed wrong would be a tick missed that never was.
 *
 * @param seen how far the last sweep came; `undefined` where there was none
 * @param now milliseconds since 1970
 */
export function dueTicks(
  { expressions, timeZone, misfireGrace }: Pick<Job, 'expressions' | 'timeZone' | 'misfireGrace'>,
  seen: Swept | undefined,
  now: number,
): Due {
  const hash = hashOf([...expressions, timeZone]);
  if (seen?.expressions !== hash) {
    return { ticks: [], swept: { until: tickOf(now), expressions: hash }, cut: false };
  }
  const end = now - misfireGrace;
  const unseen = timeOf(seen.until) + MINUTE;
  const start = Math.max(unseen, end - LONGEST_WINDOW);
  const known = expressions.filter((expression) => !expression.startsWith('rate('));
  const ticks = ticksOfAll(known, timeZone, new Date(start), new Date(end));
  // A grace that grew since puts the end before what was swept already, and that stays swept.
  const until = end > unseen ? tickOf(end - 1) : seen.until;
  return { ticks, swept: { until, expressions: hash }, cut: start > unseen };
}

/**
 * What to remember of a job where some ticks are still open: claimed by an attempt that lives, they
 * have no row yet. The next sweep must look at them again, or an attempt that dies would be silent.
 */
export function holdAt(swept: Swept, open: readonly Tick[]): Swept {
  const oldest = [...open].sort()[0];
  return oldest === undefined ? swept : { ...swept, until: tickOf(timeOf(oldest) - MINUTE) };
}

function hashOf(parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 8);
}
