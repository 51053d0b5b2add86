import { isDeepStrictEqual } from 'node:util';
import { goneOn, type Swept } from '../run/expected.ts';

/** What the sweeps know of jobs and locks. */
export interface Known {
  /** How far they came, by job. */
  jobs: Record<string, Swept[]>;
  /** The locks that were looked at: of one that no job of the list takes any more nothing else knows. */
  locks: string[];
}

/**
 * What of it a snapshot does not say. Ten thousand jobs that do well differ from it only by the time of
 * the last sweep, which is the same for all: so a sweep has little to write down, however many there are.
 *
 * @param sweptAt when the sweep began that knows it, in milliseconds since 1970
 * @returns with no plans for a job that is to be forgotten
 */
export function changesSince(snapshot: Known, known: Known, sweptAt: number): Known {
  const before = new Map(Object.entries(snapshot.jobs));
  const jobs: [string, Swept[]][] = [];
  for (const [name, swept] of Object.entries(known.jobs)) {
    if (!isDeepStrictEqual(swept, goneOn(before.get(name) ?? [], sweptAt)))
      jobs.push([name, swept]);
    before.delete(name);
  }
  for (const [name, swept] of before) if (goneOn(swept, sweptAt).length > 0) jobs.push([name, []]);
  const seen = new Set(snapshot.locks);
  return { jobs: Object.fromEntries(jobs), locks: known.locks.filter((lock) => !seen.has(lock)) };
}

/** What is known by a snapshot and what has changed since. A lock stays known until the next snapshot. */
export function withChanges(snapshot: Known, changes: Known, sweptAt: number): Known {
  const jobs = { ...mapped(snapshot.jobs, (swept) => goneOn(swept, sweptAt)), ...changes.jobs };
  return {
    jobs: Object.fromEntries(Object.entries(jobs).filter(([, swept]) => swept.length > 0)),
    locks: [...new Set([...snapshot.locks, ...changes.locks])],
  };
}

function mapped<V, W>(record: Record<string, V>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
