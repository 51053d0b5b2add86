import type { Lock, Pause } from '../ledger/ledger.ts';
import type { Note } from '../operations/note.ts';
import { LEVELS, type Level, type News, newsOf } from './alert.ts';
import type { Deployed } from './limits.ts';
import type { Overdue } from './overdue.ts';
import type { Run } from './states.ts';

/** What people were told of that has no row which could say so. */
export interface Told {
  /** Since when each job is paused, ISO 8601. */
  paused: Record<string, string>;
  /** The highest level of each attempt that lives, by its token. */
  overdue: Record<string, Level>;
}

/** One piece of news, and what is to be remembered once it is told. */
export interface Untold {
  news: News;
  /** The row or the note it stands in. */
  from?: { row: Run } | { note: Note };
  /** What people know once they were told. */
  learned?(told: Told): Told;
}

/** How things stand that are told when they change. */
export interface Standing {
  /** By job, of the jobs of the list. */
  paused: ReadonlyMap<string, Pause>;
  /** Pauses that were over, and that this sweep ended. */
  over: ReadonlyMap<string, Pause>;
  overdue: readonly Overdue[];
}

/** What rows and notes have to tell; of one that is there twice, as it was seen last. */
export function newsIn(rows: readonly Run[], notes: readonly Note[]): Untold[] {
  const found = new Map<string, Untold>();
  for (const row of rows) {
    const news = newsOf(row);
    if (news) found.set(`${row.job} ${row.tick} ${news.kind}`, { news, from: { row } });
  }
  const letters = notes.map((note): Untold => {
    const { job, tick, why = note.outcome } = note;
    return { news: { kind: 'dead_letter', job, tick, why }, from: { note } };
  });
  return [...found.values(), ...letters];
}

/** The pauses of the jobs of the list, by job. */
export function pausesOf(
  jobs: readonly Deployed[],
  locks: ReadonlyMap<string, Lock>,
): Map<string, Pause> {
  return new Map(
    jobs.flatMap(({ name, limits }) => {
      const pause = locks.get(limits.lock)?.paused[name];
      return pause ? [[name, pause]] : [];
    }),
  );
}

/** Forgets jobs that left the list and attempts that are over: their end is told by a row, if at all. */
export function stillTold(
  { paused, overdue }: Told,
  jobs: ReadonlySet<string>,
  locks: Iterable<Lock>,
): Told {
  const holders = [...locks].flatMap((lock) => Object.values(lock.holders));
  const tokens = new Set(holders.map(({ token }) => token));
  const kept = <V>(of: Record<string, V>, keys: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(of).filter(([key]) => keys.has(key)));
  return { paused: kept(paused, jobs), overdue: kept(overdue, tokens) };
}

/** What has changed since people were told. A pause that came and went between two sweeps is none. */
export function changes(told: Told, { paused, over, overdue }: Standing): Untold[] {
  const news: Untold[] = [];
  for (const [job, { by, why, since, until }] of paused) {
    if (told.paused[job] === since) continue;
    const end = until ? `, until ${until}` : '';
    news.push({
      news: { kind: 'paused', job, why: `by ${by} since ${since}${end}: ${why}` },
      learned: (told) => ({ ...told, paused: { ...told.paused, [job]: since } }),
    });
  }
  for (const [job, since] of Object.entries(told.paused)) {
    if (paused.has(job)) continue;
    const end = over.get(job);
    const why = end
      ? `it was paused by ${end.by} since ${end.since}, until ${end.until}: its time was over`
      : `it was paused since ${since}; that pause has ended`;
    news.push({
      news: { kind: 'resumed', job, why },
      learned({ paused: { [job]: _, ...others }, overdue }) {
        return { paused: others, overdue };
      },
    });
  }
  for (const { token, level, news: what } of overdue) {
    if (rank(level) <= rank(told.overdue[token])) continue;
    news.push({
      news: what,
      learned: (told) => ({ ...told, overdue: { ...told.overdue, [token]: level } }),
    });
  }
  return news;
}

function rank(level: Level | undefined): number {
  return level === undefined ? -1 : LEVELS.indexOf(level);
}
