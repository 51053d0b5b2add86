import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoLedger } from '../core/ledger/dynamodb.ts';
import { StoreError } from '../core/ledger/errors.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import type { Timers } from '../core/run/attempt.ts';
import { type DeliveryEvent, parseDelivery } from '../core/run/delivery.ts';
import { runTick } from '../core/run/flow.ts';
import type { RunLimits } from '../core/run/limits.ts';
import type { Outcome } from '../core/run/states.ts';
import { Steps } from '../core/run/steps.ts';
import { MINUTE } from '../core/schedule/duration.ts';
import { type BenchStore, startBenchStore } from './store.ts';

/** Deliveries that come all at once, each an invocation of its own. */
export interface Crowd {
  deliveries: readonly DeliveryEvent[];
  limitsOf(job: string): RunLimits;
  /** What each run does. Default: nothing. */
  work?(): Promise<unknown>;
  /** Told how many deliveries have ended. */
  ended?(count: number): void;
  /** Whether who loses the lock again and again waits before the next round. Default: yes. */
  pauses?: boolean;
}

/** What became of them, and of the turns that followed. */
export interface Passed {
  outcomes: Outcome[];
  /** Job and tick of each run of code. */
  ran: string[];
  mostAtOnce: number;
  /** Milliseconds until the last delivery ended. */
  took: number;
  /** Milliseconds until the last run began. */
  longestWait: number;
  /** To the store. */
  requests: number;
  /** Turns that were called. */
  calls: number;
  /** Deliveries that gave up because others kept changing the lock. */
  givenBack: number;
}

/** One store, and all the processes that are called at once: in one process here, by the real clock. */
export class Stage {
  readonly ledger: Ledger;
  readonly #unpaused: Ledger;
  readonly #stop: () => Promise<void>;
  #requests = 0;

  private constructor(store: BenchStore) {
    // One process stands for hundreds: its requests wait for each other, and none is given up for that.
    const requestHandler = {
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
      socketAcquisitionWarningTimeout: MINUTE,
    };
    const client = store.client({ maxAttempts: 1, requestHandler });
    client.middlewareStack.add(
      (next) => (args) => {
        this.#requests += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    const surroundings = { sleep, random: Math.random, clock: Date.now, log: LOG };
    this.ledger = new DynamoLedger(client, store.tables, surroundings);
    const hasty = { ...surroundings, sleep: async () => {} };
    this.#unpaused = new DynamoLedger(client, store.tables, hasty);
    this.#stop = async () => {
      client.destroy();
      await store.stop();
    };
  }

  static async open(): Promise<Stage> {
    return new Stage(await startBenchStore());
  }

  close(): Promise<void> {
    return this.#stop();
  }

  /** Delivers them at once, and each turn as soon as it is called; until nothing is under way. */
  async pass({ deliveries, limitsOf, work, ended, pauses = true }: Crowd): Promise<Passed> {
    const passed: Passed = {
      outcomes: [],
      ran: [],
      mostAtOnce: 0,
      took: 0,
      longestWait: 0,
      requests: 0,
      calls: 0,
      givenBack: 0,
    };
    let running = 0;
    const before = this.#requests;
    const began = performance.now();
    const steps = new Steps();
    const underWay = new Set<Promise<void>>();

    const code = (event: DeliveryEvent) => async () => {
      passed.ran.push(`${event.job} ${event.scheduledTime}`);
      passed.longestWait = performance.now() - began;
      running += 1;
      passed.mostAtOnce = Math.max(passed.mostAtOnce, running);
      await work?.();
      running -= 1;
    };
    const run = async (event: DeliveryEvent) => {
      const delivery = parseDelivery(event, event.job);
      try {
        const outcome = await runTick(delivery, limitsOf(event.job), code(event), {
          ...SURROUNDINGS,
          ledger: pauses ? this.ledger : this.#unpaused,
          dispatcher: { at: never, now },
          deadline: Date.now() + TIMEOUT,
          place: { ...PLACE, requestId: randomUUID() },
        });
        passed.outcomes.push(outcome);
        ended?.(passed.outcomes.length);
      } catch (error) {
        if (!(error instanceof StoreError && error.trouble === 'contended')) throw error;
        passed.givenBack += 1;
      }
    };
    const deliver = (event: DeliveryEvent) => {
      const one = steps.take(() => run(event)).finally(() => underWay.delete(one));
      underWay.add(one);
    };
    const now = async (event: DeliveryEvent) => {
      passed.calls += 1;
      deliver(event);
    };

    for (const event of deliveries) deliver(event);
    while (underWay.size > 0) await Promise.all(underWay);
    steps.done();
    passed.took = performance.now() - began;
    passed.requests = this.#requests - before;
    return passed;
  }
}

/** More at once and DynamoDB Local refuses connections. */
const SOCKETS = 200;

/** Milliseconds that Lambda gives each run. */
const TIMEOUT = 15 * MINUTE;

const LOG = {
  info() {},
  warn(message: string, { cause }: Record<string, unknown>) {
    assert.fail(`${message}: ${cause}`);
  },
  error(message: string) {
    assert.fail(message);
  },
};
const timers: Timers = {
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const SURROUNDINGS = {
  clock: Date.now,
  timers,
  newToken: randomUUID,
  log: LOG,
  ended() {},
  closed() {},
  turned() {},
};
const PLACE = {
  instanceId: '5ca1ab1e',
  logGroup: '/punctual/punctual-dev',
  logStream: '2026/01/01/punctual-dev-report[$LATEST]0123456789abcdef0123456789abcdef',
};

async function never(): Promise<void> {
  assert.fail('nothing fails here, and nothing is tried again');
}
