import { randomUUID } from 'node:crypto';
import { type Tick, timeOf } from '../core/run/tick.ts';
import { nextTick } from '../core/schedule/ticks.ts';
import type { Clock } from './clock.ts';
import type { OperatorResource, ScheduleResource } from './resources.ts';
import { type Random, randomFrom } from './world/random.ts';

const MINUTE_MS = 60_000;

type Fired = ScheduleResource | OperatorResource;

export interface SchedulerSetup {
  clock: Clock;
  schedules: Fired[];
  /** Simulated milliseconds since 1970: it fires the ticks in [from, to). */
  from: number;
  to: number;
  /** Milliseconds after its time at which each delivery of a job's event comes; `[0]` is once, at once. */
  deliveries(job: string, tick: Tick): number[];
  seed: number;
  /** Delivers one event; resolves when nothing will follow for it. */
  deliver(functionName: string, event: unknown): Promise<void>;
}

/** EventBridge Scheduler: fires each schedule at its ticks, some time into its flexible window. */
export class Scheduler {
  readonly #setup: SchedulerSetup;
  readonly #random: Random;
  readonly #stopped = new AbortController();
  /** The next tick of each schedule and how to call it off. */
  readonly #next = new Map<Fired, { tick: Tick; cancel: () => void }>();
  /** Ticks that have come due and are not dealt with yet. */
  readonly #open = new Set<Promise<void>>();
  /** Ticks that had come due but were not delivered any more when it was stopped, by job. */
  readonly withdrawn: Array<{ job: string; tick: Tick }> = [];

  constructor(setup: SchedulerSetup) {
    this.#setup = setup;
    this.#random = randomFrom(setup.seed);
  }

  start(): void {
    for (const schedule of this.#setup.schedules) {
      if (schedule.enabled) this.#plan(schedule, this.#setup.from);
    }
  }

  /** Nothing fires from now on; what runs is let finish. */
  stop(): void {
    this.#stopped.abort();
    const now = this.#setup.clock.now();
    for (const [schedule, { tick, cancel }] of this.#next) {
      cancel();
      if (timeOf(tick) <= now) this.#withdraw(schedule, tick);
    }
    this.#next.clear();
  }

  /** Resolves once every tick that came due has been dealt with. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** Plans the first tick at or after a time; the one after it when this one comes due. */
  #plan(schedule: Fired, from: number): void {
    this.#next.delete(schedule);
    const tick = nextTick(schedule.expression, schedule.timeZone, new Date(from));
    if (tick === undefined || timeOf(tick) >= this.#setup.to) return;
    const cancel = this.#setup.clock.at(timeOf(tick), () => {
      this.#plan(schedule, timeOf(tick) + MINUTE_MS);
      const open = this.#fire(schedule, tick).finally(() => this.#open.delete(open));
      this.#open.add(open);
    });
    this.#next.set(schedule, { tick, cancel });
  }

  async #fire(schedule: Fired, tick: Tick): Promise<void> {
    const { clock, deliveries } = this.#setup;
    const delay = Math.floor(this.#random() * schedule.windowMinutes * MINUTE_MS);
    if (delay > 0 && !(await clock.wait(delay, this.#stopped.signal))) {
      this.#withdraw(schedule, tick);
      return;
    }
    const after = 'job' in schedule ? deliveries(schedule.job, tick) : [0];
    await Promise.all(after.map((ms) => this.#deliver(schedule, tick, ms)));
  }

  async #deliver(schedule: Fired, tick: Tick, after: number): Promise<void> {
    const { clock, deliver } = this.#setup;
    if (after > 0 && !(await clock.wait(after, this.#stopped.signal))) return;
    await deliver(schedule.functionName, eventOf(schedule, tick));
  }

  /** Nobody waits for the row of an operator's tick. */
  #withdraw(schedule: Fired, tick: Tick): void {
    if ('job' in schedule) this.withdrawn.push({ job: schedule.job, tick });
  }
}

/** EventBridge's placeholders, filled in; the execution id differs for each delivery, the time does not. */
function eventOf(schedule: Fired, tick: Tick): unknown {
  const values: Record<string, string> = {
    'scheduled-time': new Date(timeOf(tick)).toISOString().replace('.000Z', 'Z'),
    'execution-id': randomUUID(),
    'schedule-arn': schedule.arn,
    'attempt-number': '1',
  };
  const filled = schedule.input.replace(
    /<aws\.scheduler\.([\w-]+)>/g,
    (whole, name) => values[name] ?? whole,
  );
  return JSON.parse(filled);
}
