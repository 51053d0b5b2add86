import type { Deployed } from '../../core/run/limits.ts';
import { Calendar } from './calendar.ts';
import { type Change, changeOf } from './change.ts';
import { type Cost, costOf, type Load } from './cost.ts';
import { ASSUMED } from './prices.ts';
import { busiestDay, type Starts, startsOn } from './starts.ts';

/** What a deploy would change. */
export interface Forecast {
  jobs: Change[];
  /** The day that the starts are counted on: its midnight (UTC), in milliseconds since 1970. */
  day: number;
  /** `packed`: as it would be after, with `offset: 'auto'` for every interval. */
  starts: { before: Starts; after: Starts; packed: Starts };
  /** A month; `before` where something is deployed. */
  cost: { before?: Cost; after: Cost };
  /** The jobs whose duration was measured; that of the others is assumed. */
  measured: string[];
  /** Of those, in milliseconds. */
  durations: Record<string, number>;
}

/** A list as it is deployed, or would be. */
type List = readonly Deployed[];

/**
 * @param before `undefined` where nothing is deployed
 * @param durations milliseconds the code of a job takes, where it was measured
 * @param now milliseconds since 1970
 * @param packed the list with `offset: 'auto'` for every interval
 */
export function forecast(
  before: List | undefined,
  after: List,
  durations: ReadonlyMap<string, number>,
  now: number,
  packed: List = after,
): Forecast {
  const calendar = new Calendar(now);
  const old = before ?? [];
  const [was, will] = [old, after].map((list) => new Map(list.map((job) => [job.name, job])));
  const names = [...new Set([...after, ...old].map(({ name }) => name))].sort();
  const day = busiestDay([...old, ...after], calendar);
  const cost = (list: List) =>
    costOf(
      list.map((job) => loadOf(job, durations)),
      calendar,
    );
  return {
    jobs: names.map((name) => changeOf(name, was?.get(name), will?.get(name), calendar)),
    day,
    starts: {
      before: startsOn(day, old, calendar),
      after: startsOn(day, after, calendar),
      packed: startsOn(day, packed, calendar),
    },
    cost: { ...(before && { before: cost(before) }), after: cost(after) },
    measured: names.filter((name) => durations.has(name)),
    durations: Object.fromEntries(durations),
  };
}

function loadOf(job: Deployed, durations: ReadonlyMap<string, number>): Load {
  return {
    ...job,
    duration: durations.get(job.name) ?? ASSUMED.duration,
  };
}
