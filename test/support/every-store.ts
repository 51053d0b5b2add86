import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { RunLimits } from '../../core/run/limits.ts';
import { Deliveries } from './deliveries.ts';
import { Dispatches } from './dispatches.ts';
import { ManualTime } from './manual-timers.ts';
import { ENGINES, memoryLedger, type Store, startStore } from './stores.ts';

export const T0 = '2026-03-01T00:00Z';
export const T1 = '2026-03-01T00:10Z';
export const T2 = '2026-03-01T00:20Z';
export const T3 = '2026-03-01T00:30Z';

/** What every attempt of a job does that does not work. */
export const failing = () => Promise.reject(new Error('no luck'));

type Engine = 'memory' | (typeof ENGINES)[number];

/** What a test of the protocol works with; anew for each test, besides the store. */
export interface Bench {
  engine: Engine;
  /** Absent in memory. */
  store: Store | undefined;
  time: ManualTime;
  ledger: Ledger;
  /** A job that nobody else has. */
  job: Deliveries;
  dispatches: Dispatches;
  /** Further jobs with the same dispatcher, that share a lock of so much room. */
  group(limit: number, ...jobs: Partial<RunLimits>[]): Deliveries[];
}

let groups = 0;

/** One of each for all suites of a file: their jobs do not meet, and a start takes seconds. */
const started = new Map<Engine, Promise<Store>>();

function storeOf(engine: (typeof ENGINES)[number]): Promise<Store> {
  const store = started.get(engine) ?? startStore(engine);
  started.set(engine, store);
  return store;
}

afterAll(async () => {
  for (const store of started.values()) await (await store).stop();
});

/** Runs a suite on each store that this machine can run. */
export function onEveryStore(
  title: string,
  suite: (bench: Bench) => void,
  engines: readonly Engine[] = ['memory', ...ENGINES],
): void {
  describe.each(engines)(`${title}, on %s`, (engine) => {
    const bench = { engine } as Bench;
    beforeAll(async () => {
      bench.store = engine === 'memory' ? undefined : await storeOf(engine);
    });
    beforeEach(() => {
      const time = new ManualTime(T0);
      const ledger = bench.store?.ledgerAt(time.clock) ?? memoryLedger(time.clock);
      const dispatches = new Dispatches();
      bench.time = time;
      bench.ledger = ledger;
      bench.dispatches = dispatches;
      bench.job = new Deliveries(ledger, time, undefined, dispatches);
      bench.group = (limit, ...jobs) => {
        const lock = `group:database-${++groups}`;
        return jobs.map((limits) => {
          const job = new Deliveries(ledger, time, undefined, dispatches);
          Object.assign(job.limits, { lock, room: limit }, limits);
          return job;
        });
      };
    });
    suite(bench);
  });
}

/** A ledger some of whose methods do something else. */
export function withLedger(ledger: Ledger, methods: Partial<Ledger>): Ledger {
  return new Proxy(ledger, {
    get: (real, name: keyof Ledger) =>
      methods[name] ?? (real[name] as (...args: unknown[]) => unknown).bind(real),
  });
}
