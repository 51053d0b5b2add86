import type { Change } from './change.ts';
import type { Cost } from './cost.ts';
import type { Forecast } from './forecast.ts';
import type { Layout } from './layout.ts';
import { PRICES } from './prices.ts';
import type { Starts } from './starts.ts';

/** A forecast as `--json` has it; see docs/cli.md. */
export function forecastAsJson(
  { jobs, day, starts, cost, measured, durations }: Forecast,
  layout: Layout,
  stack?: string,
) {
  return {
    stack,
    layout,
    jobs: jobs.map(jobAsJson),
    starts: {
      day: new Date(day).toISOString().slice(0, 10),
      before: startsAsJson(starts.before),
      after: startsAsJson(starts.after),
      packed: startsAsJson(starts.packed),
    },
    cost: {
      currency: 'USD',
      prices: PRICES.as,
      before: cost.before && costAsJson(cost.before),
      after: costAsJson(cost.after),
      measured,
      durations,
    },
  };
}

function jobAsJson({ job, change, by, ...counts }: Change) {
  const aDay = Object.entries(counts).map(([name, count]) => [name, round(count)]);
  return {
    job,
    change,
    ticksADay: Object.fromEntries(aDay),
    movedBy: by,
  };
}

function startsAsJson({ count, fullest, shared }: Starts) {
  return {
    count,
    fullest: fullest && { at: new Date(fullest.at).toISOString(), jobs: fullest.jobs },
    shared,
  };
}

function costAsJson(cost: Cost): Cost {
  return Object.fromEntries(
    Object.entries(cost).map(([name, sum]) => [name, round(sum)]),
  ) as unknown as Cost;
}

/** Four places: more would only look exact. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
