import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Outcome } from '../../core/run/states.ts';
import { type Answer, outputOf, type Request, requestOf } from './memory-dynamodb.ts';
import type { Protocol } from './protocol.ts';
import { type Scenario, type Spec, TICKS, timeAt } from './scenario.ts';

export const JOB = 'job';

/** What happens to a process, at a moment. It is all that decides what the process does next. */
export type Input = { moment: number } & (
  | { kind: 'start' }
  /** The store answered. */
  | { kind: 'answer'; answer: Answer }
  /** The connection broke before the answer came; the SDK's caller sees an error. */
  | { kind: 'lost' }
  /** The store gave no answer, in all tries of this request. */
  | { kind: 'away' }
  /** The job's code returned, threw, or threw because it heeded the signal. */
  | { kind: 'return' | 'throw' | 'heed' }
  /** The code went on after its signal, until it was given up. */
  | { kind: 'give up' }
);

/** What a process waits for. */
export type Waiting =
  | { kind: 'store'; request: Request }
  | { kind: 'code' }
  | { kind: 'nothing'; outcome?: Outcome; error?: Error };

export interface Seen {
  waiting: Waiting;
  /** The author's code has been called and has not come back. */
  codeRuns: boolean;
  /** The attempt was given up: its end is recorded or about to be. */
  givenUp: boolean;
}

/**
 * One process running the real code: it hears nothing of the world but its inputs, so the same
 * inputs always lead to the same place.
 */
export class Process {
  readonly #spec: Spec;
  readonly #scenario: Scenario;
  #moment = 0;
  #codeRuns = false;
  #givenUp = false;
  #waiting: Waiting = { kind: 'nothing' };
  #answer: { resolve: (output: unknown) => void; reject: (error: unknown) => void } | undefined;
  #code: { resolve: (output: unknown) => void; reject: (error: unknown) => void } | undefined;
  readonly #away = new WeakSet<object>();
  #command: object | undefined;
  #timers: { at: number; callback: () => void }[] = [];

  constructor(protocol: Protocol, spec: Spec, name: string, scenario: Scenario) {
    this.#spec = spec;
    this.#scenario = scenario;
    this.#begin = () => this.#run(protocol, name);
  }

  readonly #begin: () => Promise<Outcome | undefined>;

  /** Feeds an input and lets the code run until it waits again. */
  async feed(input: Input): Promise<Seen> {
    this.#moment = input.moment;
    this.#apply(input);
    await new Promise((resolve) => setImmediate(resolve));
    return { waiting: this.#waiting, codeRuns: this.#codeRuns, givenUp: this.#givenUp };
  }

  #apply(input: Input): void {
    switch (input.kind) {
      case 'start':
        this.#begin().then(
          (outcome) => this.#over({ outcome }),
          (error) => this.#over({ error }),
        );
        return;
      case 'answer':
        try {
          this.#answer?.resolve(outputOf(input.answer));
        } catch (refused) {
          this.#answer?.reject(refused);
        }
        return;
      case 'lost':
        this.#answer?.reject(timeout());
        return;
      case 'away':
        if (this.#command) this.#away.add(this.#command);
        this.#answer?.reject(timeout());
        return;
      case 'return':
        this.#codeRuns = false;
        this.#code?.resolve('done');
        return;
      case 'throw':
        this.#codeRuns = false;
        this.#code?.reject(new Error('no luck'));
        return;
      case 'heed':
        this.#codeRuns = false;
        this.#fire(1);
        this.#code?.reject(new Error('stopped'));
        return;
      case 'give up':
        this.#givenUp = true;
        this.#fire(2);
        return;
    }
  }

  /** The first timer of an attempt is its signal, the second gives it up. */
  #fire(timers: number): void {
    for (const { callback } of this.#timers.sort((a, b) => a.at - b.at).slice(0, timers))
      callback();
  }

  #over(end: { outcome?: Outcome; error?: Error }): void {
    this.#waiting = { kind: 'nothing', ...end };
  }

  readonly #clock = () => timeAt(this.#scenario, this.#moment) + this.#spec.skew;

  #run(protocol: Protocol, name: string): Promise<Outcome | undefined> {
    const { tick, attempt, trigger, requestId } = this.#spec;
    const ledger = new protocol.DynamoLedger(
      { send: (command: object) => this.#send(command) } as unknown as DynamoDBClient,
      { locks: 'locks', runs: 'runs' },
      // Its clock only measures tries for the log.
      { sleep: async () => {}, random: () => 0, clock: () => 0, log: SILENT },
    );
    if (this.#spec.kind === 'sweep') {
      const withoutRow = this.#spec.withoutRow.map((index) => TICKS[index] as string);
      const what = { job: JOB, lock: JOB, withoutRow, now: this.#clock() };
      return ledger
        .readLock(JOB)
        .then((seen) => protocol.sweep(what, seen, ledger, () => {}))
        .then(() => undefined);
    }
    let tokens = 0;
    return protocol.runTick(
      { job: JOB, tick: TICKS[tick] as string, trigger, attempt, payload: undefined },
      { lock: JOB, misfireGrace: 60 * 60_000 },
      () => this.#runCode(),
      {
        ledger,
        clock: this.#clock,
        timers: { after: (ms, callback) => this.#after(ms, callback) },
        newToken: () => `${name}.${++tokens}`,
        // The service's own deadline: its owner's clock cancels out of it.
        deadline: timeAt(this.#scenario, this.#moment) + this.#scenario.timeout,
        place: { requestId, instanceId: 'i', logGroup: 'g', logStream: 's' },
        log: SILENT,
        sealed() {},
      },
    );
  }

  #after(ms: number, callback: () => void): () => void {
    const timer = { at: ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  #runCode(): Promise<unknown> {
    this.#codeRuns = true;
    this.#waiting = { kind: 'code' };
    return new Promise((resolve, reject) => {
      this.#code = { resolve, reject };
    });
  }

  #send(command: object): Promise<unknown> {
    if (this.#away.has(command)) return Promise.reject(timeout());
    this.#command = command;
    this.#waiting = { kind: 'store', request: requestOf(command) };
    return new Promise((resolve, reject) => {
      const waitOn = () => {
        this.#waiting = { kind: 'code' };
      };
      this.#answer = {
        resolve: (output) => {
          waitOn();
          resolve(output);
        },
        reject: (error) => {
          waitOn();
          reject(error);
        },
      };
    });
  }
}

const SILENT = { info() {}, warn() {}, error() {} };

function timeout(): Error {
  return Object.assign(new Error('no answer'), { name: 'TimeoutError' });
}
