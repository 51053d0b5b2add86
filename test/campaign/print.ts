import type { Run } from '../../core/run/states.ts';
import { tableOf } from '../../local/table.ts';
import type { Verdict } from './verdict.ts';
import type { Sight } from './witness.ts';

/** How many places are named where a promise was broken. */
const SHOWN = 10;

export interface Story {
  /** What happened to requests. */
  faults: ReadonlyMap<string, number>;
  rows: readonly Run[];
  sights: readonly Sight[];
  duplicates: number;
  placesTaken: number;
  verdicts: readonly Verdict[];
}

/** What was done to the jobs, what became of their ticks, and what is to be said of it. */
export function print({ faults, rows, sights, duplicates, placesTaken, verdicts }: Story): void {
  const ended = counted(
    rows.map(({ status, reason }) => (reason ? `${status}: ${reason}` : status)),
  );
  const attempts = sights.filter(({ what }) => what === 'started');
  const again = attempts.filter(({ attempt }) => attempt > 1).length;
  const beside = attempts.filter(({ live }) => live && Math.max(live.job, live.group ?? 0) > 1);
  console.log(tableOf(['what happened to requests', 'times'], sorted(faults)));
  console.log(`\n${tableOf(['how ticks ended', 'times'], sorted(ended))}`);
  console.log(
    `\n${tableOf(
      ['what was seen', 'times'],
      [
        ['attempts', attempts.length],
        ['of those a second one or later', again],
        ['of those beside another of their job or group', beside.length],
        ['places taken in a queue', placesTaken],
        ['duplicate deliveries', duplicates],
      ],
    )}`,
  );
  console.log(
    `\n${tableOf(
      ['promise', 'broken'],
      verdicts.map(({ promise, broken }) => [promise, broken.length]),
    )}`,
  );
  for (const { promise, broken } of verdicts) {
    for (const tick of broken.slice(0, SHOWN)) console.log(`BROKEN ${promise}: ${tick}`);
  }
}

function counted(names: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}
