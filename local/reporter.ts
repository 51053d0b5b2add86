import type { Invocation } from './async-invoker.ts';
import type { DeadLetter } from './dead-letter.ts';
import { shortNameOf } from './function-name.ts';
import type { History } from './history.ts';
import {
  consumerReportOf,
  operatorReportOf,
  type Report,
  reportOf,
  undeliveredOf,
} from './report.ts';
import type { Resources } from './resources.ts';

/** Tells of every run, once, and counts the duplicates. */
export class Reporter {
  readonly #resources: Resources;
  readonly #history: History;
  readonly #onRun: (report: Report) => void;
  /** Names of the functions that run jobs. */
  readonly #ofJobs: ReadonlySet<string>;

  constructor(resources: Resources, history: History, onRun: (report: Report) => void) {
    this.#resources = resources;
    this.#history = history;
    this.#onRun = onRun;
    this.#ofJobs = new Set(resources.schedules.map(({ functionName }) => functionName));
  }

  /** Of an invocation that has been answered. */
  heard(invocation: Invocation, name: string): void {
    const isRead = this.#resources.eventSources.some((one) => one.functionName === name);
    const shortName = shortNameOf(name, this.#resources);
    if (isRead) this.#tell(consumerReportOf(shortName, invocation));
    else if (this.#isDelivery(invocation.event, name)) this.#keep(reportOf(invocation));
    else this.#tell(operatorReportOf(shortName, invocation));
  }

  /** Of an event that EventBridge gave up. */
  gaveUp(letter: DeadLetter, now: number): void {
    const report = undeliveredOf(letter, now);
    if (report) this.#keep(report);
  }

  /** The console's events name a job, too: a delivery goes to a function that runs jobs. */
  #isDelivery(event: unknown, name: string): boolean {
    const { job } = (event ?? {}) as { job?: unknown };
    return typeof job === 'string' && this.#ofJobs.has(name);
  }

  #keep(report: Report): void {
    // It took its place in a queue: the delivery that follows will tell.
    if (report.status === 'waiting') return;
    this.#history.add(report);
    if (report.status !== 'duplicate') this.#tell(report);
  }

  #tell(report: Report | undefined): void {
    if (report) this.#onRun(report);
  }
}
