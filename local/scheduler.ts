import { randomUUID } from 'node:crypto';
import { type Tick, timeOf } from '../core/run/tick.ts';
import { nextTick } from '../core/schedule/ticks.ts';
import type { Clock } from './clock.ts';
import type { ScheduleResource } from './resources.ts';
import { type Random, randomFrom } from './world/random.ts';

const MINUTE_MS = 60_000;

export interface SchedulerSetup {
  clock: Clock;
  schedules: ScheduleResource[];
  /** Simulated milliseconds since 1970: it fires the ticks in [from, to). */
  from: number;
  to: number;
  /** How many times each event is delivered, at once. */
  copies: number;
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
  readonly #next = new Map<ScheduleResource, { tick: Tick; cancel: () => void }>();
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
    for (const [{ job }, { tick, cancel }] of this.#next) {
      cancel();
      if (timeOf(tick) <= now) this.withdrawn.push({ job, tick });
    }
    this.#next.clear();
  }

  /** Resolves once every tick that came due has been dealt with. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** Plans the first tick at or after a time; the one after it when this one comes due. */
  #plan(schedule: ScheduleResource, from: number): void {
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

  async #fire(schedule: ScheduleResource, tick: Tick): Promise<void> {
    const { clock, copies, deliver } = this.#setup;
    const delay = Math.floor(this.#random() * schedule.windowMinutes * MINUTE_MS);
    if (delay > 0 && !(await clock.wait(delay, this.#stopped.signal))) {
      this.withdrawn.push({ job: schedule.job, tick });
      return;
    }
    const events = Array.from({ length: copies }, () => eventOf(schedule, tick));
    await Promise.all(events.map((event) => deliver(schedule.functionName, event)));
  }
}

/** EventBridge's placeholders, filled in; the execution id differs for each delivery, the time does not. */
function eventOf(schedule: ScheduleResource, tick: Tick): unknown {
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
