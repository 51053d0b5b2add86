import type { Calendar, Timed } from './calendar.ts';

/** What a deploy makes of the ticks of one job. Counts are of a day, on average. */
export interface Change {
  job: string;
  change: 'new' | 'gone' | 'changed' | 'same';
  before: number;
  after: number;
  added: number;
  /** A tick that goes while another one comes. */
  moved: number;
  removed: number;
  /** By how much the moved ones are later, in milliseconds, where it is the same for all. */
  by?: number;
}

/**
 * @param before as it is deployed; `undefined` where it is not
 * @param after as the list has it; `undefined` where it has left
 */
export function changeOf(
  job: string,
  before: Timed | undefined,
  after: Timed | undefined,
  calendar: Calendar,
): Change {
  const [old, fresh] = calendar.comparable([before, after]);
  const gone = without(old?.times ?? [], fresh?.times ?? []);
  const come = without(fresh?.times ?? [], old?.times ?? []);
  const days = old?.days ?? 1;
  const moved = Math.min(gone.length, come.length);
  const shifts = new Set(come.slice(0, moved).map((time, i) => time - (gone[i] as number)));
  const [by] = shifts;
  const changed = gone.length + come.length > 0 ? 'changed' : 'same';
  return {
    job,
    change: before ? (after ? changed : 'gone') : 'new',
    before: (old?.times.length ?? 0) / days,
    after: (fresh?.times.length ?? 0) / days,
    added: (come.length - moved) / days,
    moved: moved / days,
    removed: (gone.length - moved) / days,
    ...(shifts.size === 1 && { by }),
  };
}

function without(times: readonly number[], others: readonly number[]): number[] {
  if (times === others) return []; // the calendar has what is the same once
  const known = new Set(others);
  return times.filter((time) => !known.has(time));
}
