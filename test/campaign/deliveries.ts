import { timeOf } from '../../core/run/tick.ts';
import { MINUTE } from '../../core/schedule/duration.ts';
import { dice, pick } from './dice.ts';
import { FROM } from './span.ts';

/** How the deliveries of one event come, besides once and at once; of all events. */
const DELIVERIES = {
  'twice at once': 0.08,
  'four at once': 0.04,
  'again in minutes': 0.05,
  'again in hours': 0.01,
  'with the next': 0.04,
  'beyond its grace': 0.02,
  'both sides of its grace': 0.01,
};

/** The share of a job's events that EventBridge can not deliver. */
const UNDELIVERABLE = 0.006;

/** The share of all spans of so many minutes whose ticks of a job are all delivered at its end. */
const HELD_BACK = 0.04;
const SPAN = 5 * MINUTE;

/** EventBridge is off for so long at most, once in so many minutes. */
const OFF_EVERY = 60 * MINUTE;
const LONGEST_OFF = 4 * MINUTE;
/** The sweeper's watch over a job begins with its first sweep: what fell out before is missed by nobody. */
const WATCHED = 6 * MINUTE;

/**
 * Milliseconds after its time at which each delivery of an event comes.
 *
 * @param grace the job's misfire grace, in milliseconds
 */
export function deliveriesOf(
  seed: number,
  { job, tick, attempt, grace }: { job: string; tick: string; attempt: number; grace: number },
): number[] {
  // Later it might fall into the time that EventBridge is off, and nobody would miss it.
  if (timeOf(tick) < FROM + WATCHED) return [0];
  const later = dice(seed, 'later', job, tick, attempt);
  const how = pick(dice(seed, 'deliveries', job, tick, attempt), DELIVERIES);
  const span = Math.floor(timeOf(tick) / SPAN);
  if (attempt === 1 && dice(seed, 'held back', job, span) < HELD_BACK)
    return [(span + 1) * SPAN - timeOf(tick)];
  switch (how) {
    case 'twice at once':
      return [0, 0];
    case 'four at once':
      return [0, 0, 0, 0];
    case 'again in minutes':
      return [0, Math.ceil(later * 10 * MINUTE)];
    case 'again in hours':
      return [0, Math.ceil(later * 2 * 60 * MINUTE)];
    case 'with the next':
      return [MINUTE];
    case 'beyond its grace':
      return [grace + Math.ceil(later * MINUTE)];
    case 'both sides of its grace':
      return [grace - 200, grace + 200];
    default:
      return [0];
  }
}

export function isUndeliverable(seed: number, job: string, tick: string, attempt: number): boolean {
  return dice(seed, 'undeliverable', job, tick, attempt) < UNDELIVERABLE;
}

/** When EventBridge is off, up to `end`: nothing fires then, and nothing comes later. */
export function offTimes(seed: number, end: number): { from: number; to: number }[] {
  const spans = [];
  for (let start = FROM; start < end; start += OFF_EVERY) {
    const length = Math.min(OFF_EVERY, end - start);
    const from = Math.max(start + dice(seed, 'off at', start) * length, FROM + WATCHED);
    spans.push({ from, to: from + dice(seed, 'off for', start) * LONGEST_OFF });
  }
  return spans;
}
