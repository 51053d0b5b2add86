import { DAY, MINUTE } from '../schedule/duration.ts';
import { ticksOfAll } from '../schedule/ticks.ts';
import type { Deployed } from './limits.ts';
import { type Tick, tickOf, timeOf } from './tick.ts';

/** What the ticks of a job are expected from. */
export type Plan = Pick<Deployed, 'expressions' | 'timeZone' | 'misfireGrace' | 'since'>;

/** How far the sweeps have come with one plan of a job. */
export interface Swept extends Omit<Plan, 'since'> {
  /** Every tick up to this one, itself included, is known to have its row, or is not expected. */
  until: Tick;
  /** The last tick that is expected: another plan came then, or none. Absent while it is in force. */
  end?: Tick;
}

/** The ticks of one job that a sweep has to look for. */
export interface Due {
  ticks: Tick[];
  /** How far the sweeps have come once all of them have their row: plan after plan, oldest first. */
  swept: Swept[];
  /** Whether ticks were passed over, because no sweep came for longer than `LONGEST_WINDOW`. */
  cut: boolean;
}

/**
 * How far a sweep looks back at most, in milliseconds: after a longer absence it would be busy for
 * minutes with rows that tell nobody anything new.
 */
const LONGEST_WINDOW = DAY;

/** What a delivery at the very end of its grace may need until it has claimed, clocks apart included. */
const STARTING = MINUTE;

/**
 * The ticks that should have a row by now and were not seen to have one: those not swept yet that
 * are past their grace, which is when `runTick` would refuse them as misfires, and a moment more.
 *
 * A plan that is new starts now: nothing is missed before a job's first deploy. The one before it ended
 * at a time that nobody knows, so that it is expected as long as it surely was in force: a tick that the deploy took away would be missed otherwise. What it owes until then is looked for as it had it.
 *
 * The ticks of a `rate(...)` are not expected, since EventBridge leaves their phase open: each one
 * guessed wrong would be a tick missed that never was.
 *
 * @param plan `undefined` where the job is disabled, or has left the list
 * @param seen what is remembered of the job; empty where it was never swept
 * @param now milliseconds since 1970
 * @param before until when what is remembered was surely in force, likewise
 */
export function dueTicks(
  plan: Plan | undefined,
  seen: readonly Swept[],
  now: number,
  before = now,
): Due {
  const each = inForce(plan, seen, now, before).map((swept) => dueOf(swept, now));
  return {
    ticks: each.flatMap(({ ticks }) => ticks),
    swept: each.map(({ swept }) => swept),
    cut: each.some(({ cut }) => cut),
  };
}

/**
 * What to remember of a job where some ticks are still open: claimed by an attempt that lives, they
 * have no row yet. The next sweep must look at them again, or an attempt that dies would be silent.
 *
 * @returns without the plans that owe nothing any more
 */
export function holdAt(swept: readonly Swept[], open: readonly Tick[]): Swept[] {
  const held = swept.map((each) => ({ ...each }));
  for (const tick of open) {
    // Only the plan it is of: a later one never expected what lies before its start.
    const owing = held.find(({ end }) => end === undefined || tick <= end);
    const before = tickOf(timeOf(tick) - MINUTE);
    if (owing && before < owing.until) owing.until = before;
  }
  return held.filter(({ until, end }) => end === undefined || until < end);
}

/**
 * What is to be remembered of a job after a sweep that had nothing to hold back: it follows from what was
 * remembered before, and from when that sweep was.
 *
 * @param now when it began, in milliseconds since 1970
 */
export function goneOn(swept: readonly Swept[], now: number): Swept[] {
  return holdAt(
    swept.map((each) => reached(each, now)),
    [],
  );
}

/** The plans to look at: those remembered, and at first sight of a change the new one. */
function inForce(
  plan: Plan | undefined,
  seen: readonly Swept[],
  now: number,
  before: number,
): Swept[] {
  const current = seen.find(({ end }) => end === undefined);
  if (plan && current && isSame(plan, current)) return [...seen];
  // Where only the grace is another, no tick of it came or went.
  const isSameTimes = plan && current && timesOf(plan) === timesOf(current);
  const end = tickOf(isSameTimes ? now : before);
  const ended = seen.map((swept) => ({ ...swept, end: swept.end ?? end }));
  if (!plan) return ended;
  const { expressions, timeZone, misfireGrace, since } = plan;
  // When it was made at run time is known; not so where it has run before, and its job came back.
  const isNew = since !== undefined && seen.length === 0 && Date.parse(since) >= before;
  const until = tickOf(isNew ? since : now);
  return [...ended, { expressions, timeZone, misfireGrace, until }];
}

function dueOf(swept: Swept, now: number) {
  const { expressions, timeZone, misfireGrace } = swept;
  const patience = now - misfireGrace - STARTING;
  const unseen = timeOf(swept.until) + MINUTE;
  const start = Math.max(unseen, patience - LONGEST_WINDOW);
  const end = swept.end === undefined ? patience : Math.min(patience, timeOf(swept.end) + MINUTE);
  const known = expressions.filter((expression) => !expression.startsWith('rate('));
  const ticks = ticksOfAll(known, timeZone, new Date(start), new Date(end));
  return { ticks, swept: reached(swept, now), cut: start > unseen };
}

/** How far a sweep comes with it. */
function reached(swept: Swept, now: number): Swept {
  const past = tickOf(now - swept.misfireGrace - STARTING - 1);
  const until = swept.end !== undefined && swept.end < past ? swept.end : past;
  return until > swept.until ? { ...swept, until } : swept;
}

function isSame(one: Plan, other: Plan): boolean {
  return timesOf(one) === timesOf(other) && one.misfireGrace === other.misfireGrace;
}

function timesOf({ expressions, timeZone }: Plan): string {
  return JSON.stringify([expressions, timeZone]);
}
