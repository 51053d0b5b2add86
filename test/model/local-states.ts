import type { Request } from './memory-dynamodb.ts';
import { type Input, Process, type Seen } from './process.ts';
import type { Protocol } from './protocol.ts';
import { finalSweeps, type Scenario, type Spec } from './scenario.ts';

/** Where one process is: the end of a path of inputs. */
export interface LocalState extends Seen {
  id: number;
  /** Which of the scenario's processes. */
  process: number;
  /** Interned id of the request it waits for the answer of; -1 if none. */
  request: number;
  path: Input[];
}

/**
 * Where processes can be, and how they get there. A step of a process is computed once, by running
 * the real code, and looked up ever after: the adversary's millions of steps are made of a few
 * thousand of these.
 */
export class LocalStates {
  readonly states: LocalState[] = [];
  readonly requests: Request[] = [];
  readonly #requestIds = new Map<string, number>();
  readonly #steps = new Map<string, number>();
  /** The live process at the end of a path; the first step from there may take it over. */
  readonly #live = new Map<number, Process>();
  readonly #protocol: Protocol;
  readonly #scenario: Scenario;

  constructor(protocol: Protocol, scenario: Scenario) {
    this.#protocol = protocol;
    this.#scenario = scenario;
  }

  at(id: number): LocalState {
    return this.states[id] as LocalState;
  }

  /** Where the input leads, if that was computed before. */
  known(key: string): number | undefined {
    return this.#steps.get(key);
  }

  /** Where process `process`, standing at `from` (-1: not started), gets by an input. */
  async step(key: string, process: number, from: number, input: Input): Promise<number> {
    const path = [...(from < 0 ? [] : this.at(from).path), input];
    const live = this.#take(from) ?? (await this.#replay(process, path.slice(0, -1)));
    const seen = await live.feed(input);
    const id = this.states.length;
    const request = seen.waiting.kind === 'store' ? this.#intern(seen.waiting.request) : -1;
    this.states.push({ ...seen, id, process, request, path });
    this.#live.set(id, live);
    this.#steps.set(key, id);
    return id;
  }

  #take(from: number): Process | undefined {
    const live = this.#live.get(from);
    this.#live.delete(from);
    return live;
  }

  async #replay(process: number, path: Input[]): Promise<Process> {
    const { processes } = this.#scenario;
    const sweeps = finalSweeps(this.#scenario);
    const spec = processes[process] ?? (sweeps[process - processes.length] as Spec);
    const replayed = new Process(this.#protocol, spec, `p${process}`, this.#scenario);
    for (const input of path) await replayed.feed(input);
    return replayed;
  }

  #intern(request: Request): number {
    const key = JSON.stringify(request);
    const known = this.#requestIds.get(key);
    if (known !== undefined) return known;
    this.requests.push(request);
    this.#requestIds.set(key, this.requests.length - 1);
    return this.requests.length - 1;
  }
}
