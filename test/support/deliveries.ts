import type { Ledger, Pause } from '../../core/ledger/ledger.ts';
import { type Delivery, parseDelivery } from '../../core/run/delivery.ts';
import { type Failure, type FinalizeContext, finalize } from '../../core/run/finalize.ts';
import { type Attempt, type RunContext, runTick } from '../../core/run/flow.ts';
import type { Turn } from '../../core/run/follow-up.ts';
import type { RunLimits } from '../../core/run/limits.ts';
import { NO_FENCE, type Outcome, type Run } from '../../core/run/states.ts';
import { sweep } from '../../core/run/sweep.ts';
import { exactTickOf, tickOf } from '../../core/run/tick.ts';
import { Dispatches } from './dispatches.ts';
import type { ManualTime } from './manual-timers.ts';

export const MINUTE = 60_000;

type Code = (attempt: Attempt) => Promise<unknown>;
type More = Partial<Delivery> & Partial<RunContext>;

/** Each has a job of its own, so that tests can share tables. */
let jobs = 0;

/** Delivers ticks of one job as Lambda would: each in an invocation with its own deadline. */
export class Deliveries {
  readonly time: ManualTime;
  readonly ledger: Ledger;
  readonly job: string;
  /** As `infra/schedules.ts` would have them where nothing is said. */
  readonly limits: RunLimits;
  readonly lines: string[] = [];
  readonly turns: Turn[] = [];
  /** Rows of other attempts or ticks that were closed. */
  readonly closed: Run[] = [];
  /** What was told of attempts as soon as they had their row. */
  readonly ended: Outcome[] = [];
  readonly dispatches: Dispatches;
  timeout = 5 * MINUTE;
  /** What the schedule sends along. */
  payload: unknown;
  #tokens = 0;
  #requests = 0;

  constructor(
    ledger: Ledger,
    time: ManualTime,
    job = `report-${++jobs}`,
    dispatches = new Dispatches(),
  ) {
    this.ledger = ledger;
    this.time = time;
    this.job = job;
    this.dispatches = dispatches;
    this.limits = {
      lock: job,
      room: 1,
      concurrency: 1,
      overlap: 'skip',
      priority: 0,
      misfireGrace: 60 * MINUTE,
      catchUp: 'none',
      retryDelays: [1, 5, 15, 30, 60].map((minutes) => minutes * MINUTE),
      pauseAfter: 5,
    };
  }

  /** What the finalizer, the sweeper and a run have in common. */
  get context(): FinalizeContext {
    return {
      ledger: this.ledger,
      dispatcher: this.dispatches,
      clock: this.time.clock,
      closed: (row) => void this.closed.push(row),
      turned: (turn) => void this.turns.push(turn),
    };
  }

  /** One delivery of the tick at `at`, whose code is `code`. */
  deliver(at: string | number, code: Code = async () => 'done', more: More = {}): Promise<Outcome> {
    const { clock } = this.time;
    const line = (message: string) => void this.lines.push(message);
    this.#requests += 1;
    const { payload } = this;
    return runTick(
      { job: this.job, tick: tickOf(at), trigger: 'schedule', attempt: 1, payload, ...more },
      this.limits,
      code,
      {
        ...this.context,
        timers: this.time,
        newToken: () => `${this.job}-token-${++this.#tokens}`,
        deadline: clock() + this.timeout,
        place: {
          requestId: requestId(this.#requests),
          instanceId: '5ca1ab1e',
          logGroup: '/aws/lambda/punctual-dev-reportFunction2B4C6D8E-a1b2c3d4e5f6',
          logStream: '2026/03/01/punctual-dev-report[$LATEST]0123456789abcdef0123456789abcdef',
        },
        log: { info: line, warn: line, error: line },
        ended: (outcome) => void this.ended.push(outcome),
        ...more,
      },
    );
  }

  /** The next of the deliveries that were asked for, at its time. */
  deliverPlanned(code?: Code, more: More = {}): Promise<Outcome> {
    const planned = this.dispatches.take(this.job);
    if (!planned) throw new Error(`nothing was dispatched for ${this.job}`);
    const { event, time } = planned;
    if (time !== 'now') this.time.advance(Math.max(0, time - this.time.clock()));
    const { tick, ...delivery } = parseDelivery(event, this.job);
    return this.deliver(tick, code, { ...delivery, tick, ...more });
  }

  /** A delivery that claimed and then died without a word; answers with its request id. */
  async dies(at: string | number, more: More = {}): Promise<string> {
    const { code, started } = heldOpen();
    void this.deliver(at, code, { timers: { after: () => () => {} }, ...more });
    await started;
    return requestId(this.#requests);
  }

  /** A delivery that runs until the test says otherwise. */
  async begins(at: string | number, more: More = {}) {
    const { code, started, finish, fail } = heldOpen();
    const outcome = this.deliver(at, code, more);
    await started;
    return { outcome, finish, fail, requestId: requestId(this.#requests) };
  }

  /** The failures queue brings what is known of a delivery of the tick at `at`, a moment later. */
  fails(
    at: string | number,
    more: Omit<Partial<Failure>, 'delivery'> & { delivery?: Partial<Delivery> } = {},
    ledger: Ledger = this.ledger,
  ) {
    this.time.advance(1);
    const { payload } = this;
    const delivery = { job: this.job, tick: tickOf(at), trigger: 'schedule', attempt: 1 } as const;
    const failure: Failure = {
      how: 'crashed',
      error: { name: 'Runtime.ExitError', message: 'exit status 1' },
      at: this.time.clock(),
      invocations: 1,
      ...more,
      delivery: { ...delivery, payload, ...more.delivery },
    };
    return finalize(failure, this.limits, { ...this.context, ledger });
  }

  /** A sweep that found these ticks without a row, and these rows overdue; it reads the lock just before. */
  async sweep(withoutRow: readonly (string | number)[] = [], waiting: readonly Run[] = []) {
    const { job: name, payload, limits } = this;
    const lock = await this.ledger.readLock(limits.lock);
    const what = { job: { name, payload, limits }, withoutRow: withoutRow.map(tickOf), waiting };
    const before = this.closed.length;
    const rest: (() => Promise<void>)[] = [];
    await sweep(what, lock, { ...this.context, later: (work) => void rest.push(work) });
    for (const work of rest) await work();
    return this.closed.slice(before);
  }

  /** The job has failed once, and somebody pauses it: a person, where nothing else is said. */
  async pauses(more: Partial<Pause> = {}): Promise<void> {
    const { ledger, job, limits } = this;
    const now = this.time.clock();
    const since = new Date(now).toISOString();
    const failed: Run = {
      job,
      tick: tickOf(now),
      attempt: 0, // that no delivery has, so that it is counted
      trigger: 'manual',
      status: 'failed',
      fence: NO_FENCE,
      token: 'paused',
      finishedAt: since,
    };
    await ledger.countFailure(limits.lock, failed, now);
    await ledger.pause(limits.lock, job, { by: 'ada', why: 'audit', since, ...more }, 1);
  }

  /** The row of the tick at `at`. */
  row(at: string | number) {
    return this.ledger.readRun(this.job, exactTickOf(at));
  }

  lock() {
    return this.ledger.readLock(this.limits.lock);
  }
}

function requestId(n: number): string {
  return `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
}

/** Code whose end a test decides. */
export function heldOpen(): {
  code: () => Promise<unknown>;
  started: Promise<void>;
  finish: (output?: unknown) => void;
  fail: (error: Error) => void;
} {
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { promise: ended, resolve: finish, reject: fail } = Promise.withResolvers<unknown>();
  const code = () => {
    start();
    return ended;
  };
  return { code, started, finish, fail };
}
