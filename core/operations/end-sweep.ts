import type { Lock, Pause } from '../ledger/ledger.ts';
import type { Remembered, SweepMemory } from '../ledger/sweep-memory.ts';
import type { SweepStore } from '../ledger/sweep-store.ts';
import type { Deployed } from '../run/limits.ts';
import { overdueRuns } from '../run/overdue.ts';
import type { Run } from '../run/states.ts';
import { changes, newsIn, pausesOf, stillTold } from '../run/told.ts';
import { MINUTE } from '../schedule/duration.ts';
import type { Note } from './note.ts';
import { type TellingContext, tellAll } from './telling.ts';

/** What a sweep has done and found. */
export interface Found {
  /** When it began, in milliseconds since 1970. */
  now: number;
  recalled: SweepMemory;
  /** How far it came. */
  remembered: Pick<Remembered, 'jobs' | 'locks'>;
  locks: ReadonlyMap<string, Lock>;
  /** Pauses that it ended, their time being over; by job. */
  over: ReadonlyMap<string, Pause>;
  /** Rows that nobody was told of, and those that it closed. */
  rows: readonly Run[];
  notes: readonly Note[];
}

/** What it came to. */
export interface Ended {
  /** Whether another sweep was faster: it did the same work, and tells of it. */
  isBeaten: boolean;
  /** Whether what waits for people to be told may go on: not while another sweep is at that. */
  isOver: boolean;
  /** Jobs that are paused, and runs that are overdue. */
  paused: number;
  overdue: number;
  /** Pieces of news that people were told. */
  told: number;
}

/** How long a sweep may tell people what it found; the next one comes later, and does the rest. */
const TELLING = 2 * MINUTE;

/**
 * Remembers how far a sweep came, and tells people what they do not know yet. Of sweeps at the same time
 * one does: whose memory is the first, while no other is at it. Where it dies, the next one tells
 * what is still untold; once more only what was published and not marked.
 *
 * @param jobs of the list
 * @throws StoreError
 */
export async function endSweep(
  found: Found,
  jobs: readonly Deployed[],
  store: SweepStore,
  context: Omit<TellingContext, 'mark'>,
): Promise<Ended> {
  const { now, recalled, remembered, locks, over, rows, notes } = found;
  const paused = pausesOf(jobs, locks);
  const overdue = overdueRuns(jobs, locks.values(), now);
  const known = stillTold(recalled.told, new Set(jobs.map(({ name }) => name)), locks.values());
  const changed = changes(known, { paused, over, overdue });
  const hasNews = newsIn(rows, notes).length + changed.length > 0;
  // Whoever is telling it now remembers what of it was told.
  const isTold = recalled.tellingUntil !== undefined && recalled.tellingUntil > now;
  const until = hasNews && !isTold ? context.clock() + TELLING : undefined;
  const memory = {
    ...remembered,
    sweptAt: new Date(now).toISOString(),
    ...(!isTold && { told: known, tellingUntil: until }),
  };
  const isMine = await store.remember(memory, recalled);
  const isOver = isMine && !isTold;
  const ended = {
    isBeaten: !isMine,
    isOver,
    paused: paused.size,
    overdue: overdue.length,
    told: 0,
  };
  if (!isMine || until === undefined) return ended;

  // With what a copy of this sweep closed, which does not tell.
  const untold = await store.untold();
  const news = [...newsIn([...rows, ...untold.rows], untold.notes), ...changed];
  const { count, told } = await tellAll(news, known, until, {
    ...context,
    mark: (from) => ('row' in from ? store.toldOf(from.row) : store.toldOfNote(from.note)),
  });
  await store.rememberTold(told, until);
  return { ...ended, told: count };
}
