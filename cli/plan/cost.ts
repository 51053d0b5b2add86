import { baseOf } from '../../core/run/made.ts';
import { DAY, HOUR } from '../../core/schedule/duration.ts';
import type { Calendar, Timed } from './calendar.ts';
import { ASSUMED, PRICES, STACK } from './prices.ts';

/** A job as its cost hangs on it. */
export interface Load extends Timed {
  name: string;
  /** Megabytes. */
  memory: number;
  /** Milliseconds that its code takes, on average. */
  duration: number;
}

/** US dollars a month, before what is free. */
export interface Cost {
  lambda: number;
  scheduler: number;
  dynamodb: number;
  cloudwatch: number;
  total: number;
}

const HOURS_A_MONTH = 730;
const DAYS_A_MONTH = HOURS_A_MONTH / 24;

/** What a stack with these jobs costs a month, if all goes well: no retries, no skips. */
export function costOf(loads: readonly Load[], calendar: Calendar): Cost {
  const sweeps = STACK.sweepsADay * DAYS_A_MONTH;
  const each = monthsOf(loads, calendar);
  const runs = sum(each.map((one) => one.runs));
  const { lambda, scheduler, dynamodb, cloudwatch } = PRICES;
  const compute = (memory: number, milliseconds: number) =>
    lambda.request + (memory / 1_024) * (milliseconds / 1_000) * lambda.gigabyteSecond;
  const metricHours =
    sum(each.map(({ hours }) => hours * ASSUMED.metrics)) +
    // What all jobs count together, and the sweeper.
    Math.max(0, ...each.map(({ hours }) => hours)) * ASSUMED.metrics +
    STACK.metrics * HOURS_A_MONTH;
  const cost = {
    lambda:
      sum(each.map(({ load, runs, billed }) => runs * compute(load.memory, billed))) +
      sweeps * compute(STACK.sweeperMemory, ASSUMED.sweep),
    scheduler: (runs + sweeps) * scheduler.invocation,
    dynamodb:
      runs * ASSUMED.writeUnits * dynamodb.writeUnit +
      // A sweep reads each lock and its own memory, asks for what is untold, and writes what it knows.
      sweeps * ((loads.length + 3) * dynamodb.readUnit + dynamodb.writeUnit),
    cloudwatch:
      (metricHours / HOURS_A_MONTH) * cloudwatch.metricMonth +
      STACK.alarmMetrics * cloudwatch.alarmMetricMonth +
      STACK.compositeAlarms * cloudwatch.compositeAlarmMonth +
      STACK.dashboards * cloudwatch.dashboardMonth +
      ((runs * ASSUMED.logBytes) / 1e9) * cloudwatch.logGigabyte,
  };
  return { ...cost, total: sum(Object.values(cost)) };
}

/** How often each job runs in a month, in how many hours of it, and how long Lambda bills each run. */
function monthsOf(loads: readonly Load[], calendar: Calendar) {
  const each = loads.map((load) => {
    const [{ times, days } = { times: [], days: 1 }] = calendar.comparable([load]);
    const months = days / DAYS_A_MONTH;
    const hours = new Set(times.map((time) => Math.floor(time / HOUR))).size / months;
    return { load, hours, runs: times.length / months };
  });
  // The jobs of a pool keep their function warm for each other.
  const runsOf = new Map<string, number>();
  for (const { load, runs } of each) {
    const base = baseOf(load.name);
    runsOf.set(base, (runsOf.get(base) ?? 0) + runs);
  }
  return each.map((one) => {
    const isCold =
      (DAYS_A_MONTH * DAY) / (runsOf.get(baseOf(one.load.name)) ?? 0) > ASSUMED.keptWarm;
    const billed = one.load.duration + ASSUMED.ledger + (isCold ? ASSUMED.coldStart : 0);
    return { ...one, billed };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
