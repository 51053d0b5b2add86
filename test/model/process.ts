import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { withTries } from '../../core/ledger/tries.ts';
import type { DeliveryEvent } from '../../core/run/delivery.ts';
import { DispatchError, type Dispatcher } from '../../core/run/dispatcher.ts';
import type { FinalizeContext } from '../../core/run/finalize.ts';
import type { Outcome, Run } from '../../core/run/states.ts';
import { tickOf } from '../../core/run/tick.ts';
import { type Answer, outputOf, type Request, requestOf } from './memory-dynamodb.ts';
import type { Protocol } from './protocol.ts';
import { deliveryOf, limitsFor, type Scenario, type Spec, TICKS, timeAt } from './scenario.ts';

/** What happens to a process, at a moment. It is all that decides what the process does next. */
export type Input = {
  moment: number;
} /** A finalizer is told how a process ended; a sweep, which rows are not over. */ & (
  | { kind: 'start'; death?: Death; waiting: Run[] }
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

/** How a process came to its end, as Lambda reports it. */
export interface Death {
  how: 'crashed' | 'timed_out' | 'threw';
  /** The moment. */
  at: number;
  /** Of what was thrown. */
  name: string;
}

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

/** Where the model keeps which deliveries were asked for: an item of the store like any other, so that every fault can befall it. */
export const DISPATCHED = 'dispatched';

/** The attribute that says that a delivery was asked for. */
export function dispatchKey({ job, scheduledTime, trigger, attempt }: DeliveryEvent): string {
  return `${job} ${tickOf(scheduledTime)} ${trigger} ${attempt}`;
}

/**
 * One process running the real code: it hears nothing of the world but its inputs, so the same
 * inputs always lead to the same place.
 */
export class Process {
  readonly #protocol: Protocol;
  readonly #spec: Spec;
  readonly #name: string;
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
    this.#protocol = protocol;
    this.#spec = spec;
    this.#name = name;
    this.#scenario = scenario;
  }

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
        this.#run(input.death, input.waiting).then(
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

  async #run(death: Death | undefined, waiting: Run[]): Promise<Outcome | undefined> {
    const { kind, job } = this.#spec;
    const ledger = new this.#protocol.DynamoLedger(
      { send: (command: object) => this.#send(command) } as unknown as DynamoDBClient,
      { locks: 'locks', runs: 'runs' },
      SURROUNDINGS,
    );
    const context: FinalizeContext = {
      ledger,
      dispatcher: this.#dispatcher(),
      clock: this.#clock,
      turned() {},
      closed() {},
    };
    const limits = limitsFor(this.#scenario, job);
    if (kind === 'sweep') {
      const withoutRow = this.#spec.withoutRow.map((index) => TICKS[index] as string);
      const what = { job: { name: job, limits, payload: undefined }, withoutRow, waiting };
      const lock = await ledger.readLock(limits.lock);
      const rest: (() => Promise<void>)[] = [];
      await this.#protocol.sweep(what, lock, { ...context, later: (work) => void rest.push(work) });
      for (const work of rest) await work();
      return undefined;
    }
    if (kind === 'finalizer' && death) {
      await this.#finalize(death, limits, context);
      return undefined;
    }
    return this.#deliver(limits, context);
  }

  #finalize(death: Death, limits: ReturnType<typeof limitsFor>, context: FinalizeContext) {
    const { processes } = this.#scenario;
    const ended = processes[this.#spec.of] as Spec;
    const { requestId } = ended;
    const before = processes.slice(0, this.#spec.of);
    const twins = before.filter(
      (other) => other.kind === 'delivery' && other.requestId === requestId,
    );
    const failure = {
      delivery: deliveryOf(ended),
      how: death.how,
      error: { name: death.name, message: 'no more' },
      at: timeAt(this.#scenario, death.at),
      requestId,
      invocations: 1 + twins.length,
    };
    return this.#protocol.finalize(failure, limits, context);
  }

  #deliver(limits: ReturnType<typeof limitsFor>, context: FinalizeContext): Promise<Outcome> {
    let tokens = 0;
    return this.#protocol.runTick(deliveryOf(this.#spec), limits, () => this.#runCode(), {
      ...context,
      timers: { after: (ms, callback) => this.#after(ms, callback) },
      newToken: () => `${this.#name}.${++tokens}`,
      // The service's own deadline: its owner's clock cancels out of it.
      deadline: timeAt(this.#scenario, this.#moment) + this.#scenario.timeout,
      place: { requestId: this.#spec.requestId, instanceId: 'i', logGroup: 'g', logStream: 's' },
      log: SURROUNDINGS.log,
      ended() {},
    });
  }

  #dispatcher(): Dispatcher {
    const ask = async (event: DeliveryEvent) => {
      const command = new UpdateItemCommand({
        TableName: DISPATCHED,
        Key: { all: { S: 'deliveries' } },
        UpdateExpression: 'SET #event = :yes',
        ExpressionAttributeNames: { '#event': dispatchKey(event) },
        ExpressionAttributeValues: { ':yes': { BOOL: true } },
      });
      try {
        await withTries('dispatch', () => this.#send(command), SURROUNDINGS);
      } catch (error) {
        throw new DispatchError('no answer', { cause: error });
      }
    };
    return { at: ask, now: ask };
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

/** Its clock only measures tries for the log. */
const SURROUNDINGS = {
  sleep: async () => {},
  random: () => 0,
  clock: () => 0,
  log: { info() {}, warn() {}, error() {} },
};

function timeout(): Error {
  return Object.assign(new Error('no answer'), { name: 'TimeoutError' });
}
