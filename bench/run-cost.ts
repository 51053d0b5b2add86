import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Benchmark, Figures } from './benchmark.ts';
import { inTurn, median, rounded } from './rounds.ts';
import { type Way, waysOn, YARDSTICK } from './run-ways.ts';
import { STORE, startBenchStore } from './store.ts';

const WARM_UP = 300;
const RUNS = 2_000;
/** Runs of which requests and units are counted; not timed, because the store counts too. */
const COUNTED = 10;

interface Cost {
  requests: number;
  writeUnits: number;
  readUnits: number;
}

interface Timed {
  way: Way;
  cost: Cost;
  /** Milliseconds, of each run. */
  times: number[];
  /** Milliseconds of this process, of all runs together. */
  cpu: number;
}

/**
 * What a run of code that does nothing costs besides it. The ways take turns, run by run, on one
 * store: what slows the machine down slows all of them, and only the ratios travel.
 */
export const runCost: Benchmark = {
  name: 'run-cost',
  title: `The cost of a run: ${RUNS.toLocaleString('en')} runs each in turn, on ${STORE}`,
  async measure() {
    const store = await startBenchStore();
    const timed: Timed[] = [];
    for (const way of waysOn(store)) {
      for (let i = 0; i < WARM_UP; i++) await way.run();
      timed.push({ way, cost: await costOf(way), times: [], cpu: 0 });
    }
    for (let round = 0; round < RUNS; round++)
      for (const each of inTurn(timed, round)) await time(each);
    await store.stop();
    return compare(timed);
  },
};

async function time(timed: Timed): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await timed.way.run();
  timed.times.push(performance.now() - start);
  const { user, system } = process.cpuUsage(cpu);
  timed.cpu += (user + system) / 1000;
}

/** As the store itself counts it, a run. */
async function costOf({ client, run }: Way): Promise<Cost> {
  const sum: Cost = { requests: 0, writeUnits: 0, readUnits: 0 };
  if (client) count(client, sum);
  for (let i = 0; i < COUNTED; i++) await run();
  client?.middlewareStack.remove('count');
  const { requests, writeUnits, readUnits } = sum;
  return {
    requests: requests / COUNTED,
    writeUnits: writeUnits / COUNTED,
    readUnits: readUnits / COUNTED,
  };
}

function count(client: DynamoDBClient, sum: Cost): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        const { ConsumedCapacity } = result.output as {
          ConsumedCapacity?: { CapacityUnits?: number };
        };
        const units = commandName.startsWith('Get') ? 'readUnits' : 'writeUnits';
        sum.requests += 1;
        sum[units] += ConsumedCapacity?.CapacityUnits ?? 0;
        return result;
      },
    { step: 'initialize', name: 'count' },
  );
}

function compare(timed: readonly Timed[]): Figures[] {
  const yardstick = timed.find(({ way }) => way.name === YARDSTICK) as Timed;
  return timed.map((one) => {
    const { way, cost, times, cpu } = one;
    return {
      way: way.name,
      requests: cost.requests,
      'write units': cost.writeUnits,
      'read units': cost.readUnits,
      'p50 ms': rounded(median(times), 2),
      'p99 ms': rounded(slowest(one), 2),
      'cpu ms': rounded(cpu / times.length, 2),
      'p50 x idempotency': rounded(median(times) / median(yardstick.times), 2),
      'p99 x': rounded(slowest(one) / slowest(yardstick), 2),
      'cpu x': rounded(cpu / yardstick.cpu, 2),
    };
  });
}

/** The 99th percentile, in milliseconds. */
function slowest({ times }: Timed): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] as number;
}
