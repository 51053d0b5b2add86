import type { HeldView, JobView } from '../../core/operations/overview.ts';
import type { PastAttempt, Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import { ticksOfAll } from '../../core/schedule/ticks.ts';
import { type Look, lookOf } from './looks.ts';

/** A stretch of time that a picture shows, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** One attempt, as long as it took. */
export interface Bar extends Span {
  look: Look;
  /** Beside which others it is drawn: attempts that live at once are in different rows, from 0. */
  row: number;
}

/** From when something was due to when it was done, or is to be. */
export interface Wait extends Span {
  kind: 'late' | 'retry';
}

/** A sign on the lane; several of one look that stand close are one. */
export interface Sign extends Span {
  look: Look;
  /** How many runs. */
  count: number;
  /** The newest, where it is about runs. */
  run?: Run;
}

/** All that the picture of one job shows. */
export interface Lane {
  job: string;
  /** How many rows its bars need, at least 1. */
  rows: number;
  bars: Bar[];
  waits: Wait[];
  signs: Sign[];
}

/** More rows than this are drawn over each other. */
const MOST_ROWS = 4;

/** Delays shorter than this share of the picture can not be seen. */
const VISIBLE = 0.002;

/**
 * What happened to a job in a stretch of time.
 *
 * @param now where what runs ends as yet
 * @param closeness signs closer than this share of the stretch are one
 */
export function laneOf(view: JobView, span: Span, now: number, closeness: number): Lane {
  const bars = rowed([
    ...view.runs.flatMap(barsOf),
    ...view.holders.map((held) => barOfHolder(held, now)),
  ]).filter((bar) => bar.to >= span.from && bar.from <= span.to);
  const length = span.to - span.from;
  const waits = [...view.runs.flatMap(waitsOf), ...view.holders.flatMap(waitOfHolder)].filter(
    (wait) =>
      wait.to >= span.from && wait.from <= span.to && wait.to - wait.from > length * VISIBLE,
  );
  const rows = Math.max(1, ...bars.map(({ row }) => row + 1));
  const signs = [...signsOf(view.runs, span, closeness), ...comingOf(view, now, span)];
  return { job: view.job.name, rows, bars, waits, signs };
}

type Unplaced = Omit<Bar, 'row'>;

function barsOf(run: Run): Unplaced[] {
  return [...(run.earlier ?? []), run].flatMap(barOf);
}

function barOf({ startedAt, finishedAt, status }: PastAttempt | Run): Unplaced[] {
  // What never ran has no length.
  if (startedAt === undefined) return [];
  const from = Date.parse(startedAt);
  return [{ from, to: Math.max(from, Date.parse(finishedAt)), look: status }];
}

function barOfHolder({ holder, isDead }: HeldView, now: number): Unplaced {
  const to = isDead ? Math.min(now, holder.leaseExpiresAt) : now;
  const from = Date.parse(holder.startedAt);
  return { from, to: Math.max(from, to), look: isDead ? 'crashed' : 'running' };
}

/** Gives each bar the first row that is free when it starts. */
function rowed(bars: readonly Unplaced[]): Bar[] {
  const ends: number[] = [];
  return bars
    .toSorted((a, b) => a.from - b.from)
    .map((bar) => {
      const free = ends.findIndex((end) => end <= bar.from);
      const row = Math.min(free < 0 ? ends.length : free, MOST_ROWS - 1);
      ends[row] = Math.max(ends[row] ?? 0, bar.to);
      return { ...bar, row };
    });
}

function waitsOf(run: Run): Wait[] {
  const attempts = [...(run.earlier ?? []), run].filter(({ startedAt }) => startedAt !== undefined);
  const first = attempts[0]?.startedAt;
  const late: Wait[] = first
    ? [{ kind: 'late', from: timeOf(run.tick), to: Date.parse(first) }]
    : [];
  const again = attempts.slice(1).map(({ startedAt = '' }, i): Wait => {
    const from = Date.parse(attempts[i]?.finishedAt ?? startedAt);
    return { kind: 'retry', from, to: Date.parse(startedAt) };
  });
  const promised: Wait[] = run.retryAt
    ? [{ kind: 'retry', from: Date.parse(run.finishedAt), to: Date.parse(run.retryAt) }]
    : [];
  return [...late, ...again, ...promised];
}

/** A later attempt waited since the one before it, whose row says when it ended. */
function waitOfHolder({ holder: { attempt, tick, startedAt } }: HeldView): Wait[] {
  return attempt === 1 ? [{ kind: 'late', from: timeOf(tick), to: Date.parse(startedAt) }] : [];
}

/** Success is seen by its bar; all else has a sign, where it ended, or where it should have begun. */
function signsOf(runs: readonly Run[], span: Span, closeness: number): Sign[] {
  const gap = (span.to - span.from) * closeness;
  const signs = runs
    .flatMap((run): Sign[] => {
      const look = lookOf(run);
      if (look === 'succeeded') return [];
      const time = run.startedAt ? Date.parse(run.finishedAt) : timeOf(run.tick);
      return [{ look, from: time, to: time, count: 1, run }];
    })
    .filter(({ from }) => from >= span.from && from <= span.to)
    .toSorted((a, b) => a.from - b.from);
  return [...Map.groupBy(signs, ({ look }) => look).values()].flatMap((same) => merged(same, gap));
}

function merged(signs: readonly Sign[], gap: number): Sign[] {
  const result: Sign[] = [];
  for (const sign of signs) {
    const last = result.at(-1);
    if (last && sign.from - last.to <= gap) {
      last.to = sign.to;
      last.count += 1;
      last.run = sign.run;
    } else result.push({ ...sign });
  }
  return result;
}

/** The ticks to come that the picture has room for. */
function comingOf({ job }: JobView, now: number, span: Span): Sign[] {
  if (!job.enabled || span.to <= now) return [];
  const { expressions, timeZone } = job;
  return ticksOfAll(expressions, timeZone, new Date(now + 1), new Date(span.to)).map((tick) => ({
    look: 'next',
    from: timeOf(tick),
    to: timeOf(tick),
    count: 1,
  }));
}
