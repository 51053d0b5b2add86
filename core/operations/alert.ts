import type { Level, News } from '../run/alert.ts';
import type { Untold } from '../run/told.ts';

/** What people are told in one message: all news of one kind that a sweep has of a job. */
export interface Alert {
  kind: News['kind'];
  job: string;
  level?: Level;
  /** At least one, by tick. */
  untold: Untold[];
}

/** An outage of an hour is one message a job, not one a tick. */
export function alertsOf(untold: readonly Untold[]): Alert[] {
  const groups = Map.groupBy(untold, ({ news: { kind, job, level } }) =>
    [kind, job, level].join(' '),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { kind, job, level } = first.news;
    const byTick = group.toSorted((a, b) => ((a.news.tick ?? '') < (b.news.tick ?? '') ? -1 : 1));
    return [{ kind, job, ...(level && { level }), untold: byTick }];
  });
}

/** When what is told was written down, ISO 8601. */
export function timeOfNews({ from }: Untold): string | undefined {
  if (!from) return undefined;
  return 'row' in from ? from.row.finishedAt : from.note.at;
}
