import { type Tick, tickOf } from '../core/run/tick.ts';
import type { Clock } from './clock.ts';
import { type DeadLetter, deadLetterOf, noFunction, throttled } from './dead-letter.ts';
import type { OpenWork } from './open-work.ts';
import { isOneTime, nextTime, type Schedule } from './schedule.ts';
import { eventOf, subjectOf } from './schedule-event.ts';
import { type Random, randomFrom } from './world/random.ts';

const MINUTE_MS = 60_000;

/** From and to in simulated milliseconds since 1970, the first included and the last not. */
export interface Span {
  from: number;
  to: number;
}

export interface SchedulerSetup {
  clock: Clock;
  open: OpenWork;
  /** The deployed ones. */
  schedules: readonly Schedule[];
  /** Simulated milliseconds since 1970: it fires in [from, to). */
  from: number;
  to: number;
  /** Milliseconds after its time at which each delivery of a job's event comes; `[0]` is once, at once. */
  deliveries(job: string, tick: Tick, attempt: number): number[];
  /** A fault: whether EventBridge can not deliver a job's event, and gives it up in the end. */
  undeliverable(job: string, tick: Tick, attempt: number): boolean;
  /** A fault: while EventBridge is off nothing fires, and nothing comes later. */
  off: readonly Span[];
  seed: number;
  /** Whether there is such a function. */
  exists(functionName: string): boolean;
  /** Delivers one event; resolves when nothing will follow for it. */
  deliver(functionName: string, event: unknown): Promise<void>;
  /** Told of every event that is given up, also where no queue takes it. */
  giveUp(letter: DeadLetter): void;
}

/** EventBridge Scheduler: fires each schedule at its times, some time into its flexible window. */
export class Scheduler {
  readonly #setup: SchedulerSetup;
  readonly #random: Random;
  readonly #stopped = new AbortController();
  /** By ARN. */
  readonly #schedules = new Map<string, Schedule>();
  /** The next time of each schedule and how to call it off, by ARN. */
  readonly #next = new Map<string, { time: number; cancel: () => void }>();
  /** One-time schedules that stay though they have fired, by ARN. */
  readonly #fired = new Set<string>();
  /** Ticks of deployed schedules that had come due but were not delivered any more, by job. */
  readonly withdrawn: Array<{ job: string; tick: Tick }> = [];

  constructor(setup: SchedulerSetup) {
    this.#setup = setup;
    this.#random = randomFrom(setup.seed);
  }

  /** All there are, deployed or made at run time. */
  get schedules(): Schedule[] {
    return [...this.#schedules.values()];
  }

  /** How many one-time schedules are still to fire. */
  get pending(): number {
    return this.schedules.filter(
      (one) => one.made && one.enabled && isOneTime(one) && !this.#fired.has(one.arn),
    ).length;
  }

  start(): void {
    const { schedules, from } = this.#setup;
    for (const schedule of schedules) this.#put(schedule, from);
  }

  find(arn: string): Schedule | undefined {
    return this.#schedules.get(arn);
  }

  /** Adds a schedule, or replaces the one of the same ARN: it fires from now on. */
  put(schedule: Schedule): void {
    this.#put(schedule, this.#setup.clock.now());
  }

  remove(arn: string): void {
    this.#next.get(arn)?.cancel();
    this.#next.delete(arn);
    this.#fired.delete(arn);
    this.#schedules.delete(arn);
  }

  /** Nothing fires from now on; what runs is let finish. */
  stop(): void {
    this.#stopped.abort();
    const now = this.#setup.clock.now();
    for (const [arn, { time, cancel }] of this.#next) {
      cancel();
      const schedule = this.#schedules.get(arn);
      if (schedule && time <= now) this.#withdraw(schedule, time);
    }
    this.#next.clear();
  }

  #put(schedule: Schedule, from: number): void {
    this.remove(schedule.arn);
    this.#schedules.set(schedule.arn, schedule);
    if (schedule.enabled && !this.#stopped.signal.aborted) this.#plan(schedule, from);
  }

  /** Plans the first time at or after `from`; the one after it when this one comes. */
  #plan(schedule: Schedule, from: number): void {
    const { arn, made } = schedule;
    this.#next.delete(arn);
    const time = nextTime(schedule, from);
    if (time === undefined && made?.deletedAfterwards) this.remove(arn);
    if (time === undefined || time >= this.#setup.to) return;
    const cancel = this.#setup.clock.at(time, () => {
      if (isOneTime(schedule)) this.#fired.add(arn);
      this.#plan(schedule, time + MINUTE_MS);
      this.#setup.open.add(this.#fire(schedule, time));
    });
    this.#next.set(arn, { time, cancel });
  }

  async #fire(schedule: Schedule, time: number): Promise<void> {
    const { clock, deliveries, exists, undeliverable } = this.#setup;
    const delay = this.#delayIn(schedule.windowMinutes * MINUTE_MS);
    if (delay > 0 && !(await clock.wait(delay, this.#stopped.signal))) {
      this.#withdraw(schedule, time);
      return;
    }
    if (this.#isOff()) return;
    const event = eventOf(schedule, time);
    if (!exists(schedule.functionName)) {
      this.#setup.giveUp(deadLetterOf(schedule, event, noFunction(schedule)));
      return;
    }
    const subject = subjectOf(event);
    if (!subject) return this.#deliver(schedule, time, 0);
    const { job, tick, attempt } = subject;
    if (undeliverable(job, tick, attempt)) return this.#try(schedule, time);
    const after = deliveries(job, tick, attempt);
    await Promise.all(after.map((ms) => this.#deliver(schedule, time, ms)));
  }

  /** Nothing is drawn where there is no window: retries leave the jitter of the others as it was. */
  #delayIn(window: number): number {
    return window > 0 ? Math.floor(this.#random() * window) : 0;
  }

  async #deliver(schedule: Schedule, time: number, after: number): Promise<void> {
    const { clock, deliver } = this.#setup;
    if (after > 0 && !(await clock.wait(after, this.#stopped.signal))) return;
    if (this.#isOff()) return;
    await deliver(schedule.functionName, JSON.parse(eventOf(schedule, time).body));
  }

  /** Tries in vain, until the event is too old or has been tried too often. */
  async #try(schedule: Schedule, time: number): Promise<void> {
    const { clock, to, giveUp } = this.#setup;
    const { maximumRetries, maximumEventAgeSeconds } = schedule;
    const trying = maximumRetries === 0 ? 0 : time + maximumEventAgeSeconds * 1_000 - clock.now();
    const isCut = clock.now() + trying >= to || !(await clock.wait(trying, this.#stopped.signal));
    if (isCut) this.#withdraw(schedule, time);
    else giveUp(deadLetterOf(schedule, eventOf(schedule, time), throttled(schedule)));
  }

  #isOff(): boolean {
    const now = this.#setup.clock.now();
    return this.#setup.off.some(({ from, to }) => from <= now && now < to);
  }

  /** Nobody waits for the row of an operator's tick, and that of a retry is there already. */
  #withdraw(schedule: Schedule, time: number): void {
    const subject = subjectOf(eventOf(schedule, time));
    if (subject && !schedule.made) this.withdrawn.push({ job: subject.job, tick: tickOf(time) });
  }
}
