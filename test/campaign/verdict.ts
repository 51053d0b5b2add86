import type { Run } from '../../core/run/states.ts';
import type { Tick } from '../../core/run/tick.ts';
import type { Sight } from './witness.ts';

/** What each promise says, and how often it was broken. */
export interface Verdict {
  promise: string;
  broken: string[];
}

/**
 * Holds what was seen against the promises.
 *
 * @param expected every tick of every job, as `job tick`
 */
export function judge(
  expected: readonly { job: string; tick: Tick }[],
  rows: readonly Run[],
  sights: readonly Sight[],
): Verdict[] {
  const rowOf = new Map(rows.map((row) => [`${row.job} ${row.tick}`, row]));
  const started = sights.filter(({ what }) => what === 'started');
  const name = ({ job, tick }: { job: string; tick: string }) => `${job} ${tick}`;

  const together = sights.filter(({ what }) => what === 'met another').map(name);
  const silent = expected.filter((tick) => !rowOf.has(name(tick))).map(name);
  const again = started.filter((sight) => {
    const row = rowOf.get(name(sight));
    return row?.status === 'succeeded' && sight.fencingToken > row.fence;
  });
  const returned = new Set(
    sights
      .filter(({ what }) => what === 'returned')
      .map((sight) => `${name(sight)} ${sight.fencingToken}`),
  );
  const claimed = rows.filter(
    (row) => row.status === 'succeeded' && !returned.has(`${name(row)} ${row.fence}`),
  );
  return [
    { promise: 'never two attempts of a job at once', broken: together },
    { promise: 'every tick ends as a row', broken: silent },
    { promise: 'nothing runs after its success', broken: again.map(name) },
    { promise: 'a success is recorded only of code that returned', broken: claimed.map(name) },
    { promise: 'fencing tokens grow with every run of a job', broken: fallen(started).map(name) },
  ];
}

function fallen(started: readonly Sight[]): Sight[] {
  const highest = new Map<string, number>();
  return started.filter(({ job, fencingToken }) => {
    const before = highest.get(job) ?? 0;
    highest.set(job, Math.max(before, fencingToken));
    return fencingToken <= before;
  });
}
