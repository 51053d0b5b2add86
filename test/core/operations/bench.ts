import { OperationsStore } from '../../../core/ledger/operations-store.ts';
import { SweepStore } from '../../../core/ledger/sweep-store.ts';
import {
  type ActionContext,
  type ActionRequest,
  type Actor,
  perform,
} from '../../../core/operations/actions.ts';
import { type Deployed, deployedOf } from '../../../core/run/limits.ts';
import type { Run } from '../../../core/run/states.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Settings } from '../../../core/schedule/settings.ts';
import type { Deliveries } from '../../support/deliveries.ts';
import type { Bench } from '../../support/every-store.ts';

/** The job of a bench as the list has it. */
export function listed(
  { job, limits, payload }: Deliveries,
  more: Partial<Settings> = {},
): Deployed {
  const settings = { every: '10 minutes', payload, ...more } as Settings;
  return { ...deployedOf(resolveJob(job, settings)), limits };
}

export function operationsStore(bench: Bench): OperationsStore {
  return new OperationsStore(...tablesOf(bench));
}

/** People are told of a row, as a sweep does. */
export function tellOf(row: Run, bench: Bench): Promise<void> {
  return new SweepStore(...tablesOf(bench)).toldOf(row);
}

function tablesOf({ store, time }: Bench): ConstructorParameters<typeof OperationsStore> {
  if (!store) throw new Error('no store runs in memory that can be asked for all rows');
  const log = { warn() {} };
  const surroundings = { sleep: async () => {}, random: () => 0, clock: time.clock, log };
  return [store.client, store.tables, surroundings];
}

let ids = 0;

/** What a person asks for, and the lines that were logged of it. */
export class Person {
  readonly lines: string[] = [];
  readonly #bench: Bench;
  readonly #actor: Actor;

  constructor(bench: Bench, actor: Partial<Actor> = {}) {
    this.#bench = bench;
    this.#actor = { by: 'ada', via: 'cli', why: 'an audit', ...actor };
  }

  asks(request: Omit<ActionRequest, 'job'>, job = this.#bench.job): Promise<string> {
    const line = (message: string) => void this.lines.push(message);
    const { ledger, dispatches: dispatcher, time } = this.#bench;
    const context: ActionContext = {
      ...job.context,
      store: operationsStore(this.#bench),
      ledger,
      dispatcher,
      clock: time.clock,
      newId: () => `n${++ids}`,
      log: { info: line, warn: line, error: line },
    };
    return perform({ job: job.job, ...request }, [listed(job)], this.#actor, context);
  }
}
