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

/** Tells of every run, once, and keeps it in the history. */
export class Reporter {
  readonly #resources: Resources;
  readonly #history: History;
  readonly #onRun: (report: Report) => void;

  constructor(resources: Resources, history: History, onRun: (report: Report) => void) {
    this.#resources = resources;
    this.#history = history;
    this.#onRun = onRun;
  }

  /** Of an invocation that has been answered. */
  heard(invocation: Invocation, functionName: string): void {
    const { eventSources, operators } = this.#resources;
    const isOf = (one: { functionName: string }) => one.functionName === functionName;
    const name = shortNameOf(functionName, this.#resources);
    if (eventSources.some(isOf)) this.#tell(consumerReportOf(name, invocation));
    else if (operators.some(isOf) || !jobIn(invocation.event)) {
      this.#tell(operatorReportOf(name, invocation));
    } else this.#keep(reportOf(invocation));
  }

  /** Of an event that EventBridge gave up. */
  gaveUp(letter: DeadLetter, now: number): void {
    const report = undeliveredOf(letter, now);
    if (report) this.#keep(report);
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

function jobIn(event: unknown): boolean {
  return typeof (event as { job?: unknown } | null)?.job === 'string';
}
