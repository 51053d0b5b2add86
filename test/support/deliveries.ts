import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Delivery } from '../../core/run/delivery.ts';
import { type Attempt, type RunContext, runTick } from '../../core/run/flow.ts';
import type { Outcome } from '../../core/run/states.ts';
import { tickOf } from '../../core/run/tick.ts';
import type { ManualTime } from './manual-timers.ts';

export const MINUTE = 60_000;

/** Each has a job of its own, so that tests can share tables. */
let jobs = 0;

/** Delivers ticks of one job as Lambda would: each in an invocation with its own deadline. */
export class Deliveries {
  readonly time: ManualTime;
  readonly ledger: Ledger;
  readonly job: string;
  readonly lines: string[] = [];
  timeout = 5 * MINUTE;
  misfireGrace = 60 * MINUTE;
  #tokens = 0;
  #requests = 0;

  constructor(ledger: Ledger, time: ManualTime, job = `report-${++jobs}`) {
    this.ledger = ledger;
    this.time = time;
    this.job = job;
  }

  /** One delivery of the tick at `at`, whose code is `code`. */
  deliver(
    at: string | number,
    code: (attempt: Attempt) => Promise<unknown> = async () => 'done',
    more: Partial<Delivery> & Partial<RunContext> = {},
  ): Promise<Outcome> {
    const { clock } = this.time;
    const line = (message: string) => void this.lines.push(message);
    this.#requests += 1;
    return runTick(
      {
        job: this.job,
        tick: tickOf(at),
        trigger: 'schedule',
        attempt: 1,
        payload: undefined,
        ...more,
      },
      { lock: this.job, misfireGrace: this.misfireGrace },
      code,
      {
        ledger: this.ledger,
        clock,
        timers: this.time,
        newToken: () => `token-${++this.#tokens}`,
        deadline: clock() + this.timeout,
        place: {
          requestId: `00000000-0000-0000-0000-${String(this.#requests).padStart(12, '0')}`,
          instanceId: '5ca1ab1e',
          logGroup: '/aws/lambda/punctual-dev-reportFunction2B4C6D8E-a1b2c3d4e5f6',
          logStream: '2026/03/01/punctual-dev-report[$LATEST]0123456789abcdef0123456789abcdef',
        },
        log: { info: line, warn: line, error: line },
        sealed: (dead) => line(`sealed ${dead.tick}`),
        ...more,
      },
    );
  }

  /** The row of the tick at `at`. */
  row(at: string | number) {
    return this.ledger.readRun(this.job, tickOf(at));
  }
}

/** Code whose end a test decides. */
export function heldOpen(): {
  code: () => Promise<unknown>;
  started: Promise<void>;
  finish: (output?: unknown) => void;
  fail: (error: Error) => void;
} {
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  let finish: (output?: unknown) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const ended = new Promise<unknown>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const code = () => {
    start();
    return ended;
  };
  return { code, started, finish, fail };
}
