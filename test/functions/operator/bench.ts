import { onTestFinished, vi } from 'vitest';
import type { DynamoLedger } from '../../../core/ledger/dynamodb.ts';
import type { SweepMemory } from '../../../core/ledger/sweep-memory.ts';
import { SweepStore } from '../../../core/ledger/sweep-store.ts';
import { deployedOf } from '../../../core/run/limits.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Groups, Schedules } from '../../../core/schedule/settings.ts';
import type { SweepSummary } from '../../../functions/operator/sweeper.ts';
import { Deliveries, MINUTE } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { type Store, startStore } from '../../support/stores.ts';
import { type Aws, startAws } from '../aws.ts';
import { contextOf, endpointsOf, OPERATOR, Printed, setEnvironment } from '../lambda.ts';

/** What a test of the operator's functions works with, until it is finished. */
export interface Bench {
  store: Store;
  ledger: DynamoLedger;
  aws: Aws;
  printed: Printed;
  time: ManualTime;
  /** Minutes pass, here and for the functions. */
  pass(minutes: number): void;
  jobOf(name: string): Deliveries;
  /** What the next cold start finds: this list deployed, and a store at this address. */
  deploy(list: Schedules, endpoint?: string): void;
  /** Those of the lists that are deployed from now on. */
  groups: Groups;
  /** One sweep of a cold start. */
  sweep(list: Schedules, endpoint?: string): Promise<SweepSummary>;
  /** What the sweeps remember. */
  remembered(): Promise<SweepMemory>;
}

export async function startBench(start: number): Promise<Bench> {
  const aws = await startAws();
  const store = await startStore('dynalite', { attention: true });
  const ledger = store.ledgerAt(Date.now);
  const time = new ManualTime(start);
  vi.setSystemTime(start);
  vi.spyOn(Math, 'random').mockReturnValue(0); // no waiting between tries
  onTestFinished(async () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
    await store.stop();
  });
  const bench: Bench = {
    store,
    ledger,
    aws,
    printed: new Printed(),
    time,
    pass(minutes) {
      time.advance(minutes * MINUTE);
      vi.setSystemTime(time.clock());
    },
    groups: {},
    jobOf: (name) => new Deliveries(ledger, time, name),
    deploy(list, endpoint = store.tap.endpoint) {
      setEnvironment(endpoint, { ...OPERATOR, ...endpointsOf(aws.endpoint) });
      const jobs = Object.entries(list).map(([name, settings]) =>
        resolveJob(name, settings, bench.groups),
      );
      vi.stubGlobal('PUNCTUAL_JOBS', jobs.map(deployedOf));
    },
    async sweep(list, endpoint) {
      bench.deploy(list, endpoint);
      const { handler } = await import('../../../functions/operator/sweeper.ts');
      return handler({}, contextOf('sweeper', 300_000));
    },
    async remembered() {
      const { clock } = time;
      const surroundings = { clock, random: () => 0, sleep: async () => {}, log: { warn() {} } };
      const sweeps = new SweepStore(store.client, store.tables, surroundings);
      return (await sweeps.recall()).recalled;
    },
  };
  return bench;
}
