import type { Run } from '../../core/run/states.ts';
import { pack, spent } from './budget.ts';
import { type LocalState, LocalStates } from './local-states.ts';
import { type Death, DISPATCHED, dispatchKey } from './process.ts';
import type { Protocol } from './protocol.ts';
import { deliveryOf, type Faults, type Scenario, TICKS } from './scenario.ts';
import { StoreStates } from './store-states.ts';
import { USED_LOCK } from './used-lock.ts';

/** A process in a state: not started, or the id of a local state plus one; below, when and how it died. */
const NOT_STARTED = 0;

/** A state is a row of numbers: the moment, what faults are left, items, processes, late packets. */
const MOMENT = 0;
const BUDGET = 1;
const SLOTS = 2;

/** The states of a scenario's world, and what there is to see in one. */
export class WorldStates {
  readonly scenario: Scenario;
  readonly locals: LocalStates;
  readonly store: StoreStates;
  /** How many numbers a state has. */
  readonly width: number;
  /** Those that deliveries are of; their slots are in this order. */
  readonly runs: readonly { job: string; tick: string }[];
  readonly #procs: number;
  readonly #late: number;

  constructor(protocol: Protocol, scenario: Scenario) {
    this.scenario = scenario;
    const delivered = scenario.processes.filter(({ kind }) => kind === 'delivery').map(deliveryOf);
    const distinct = new Map(delivered.map(({ job, tick }) => [`${job} ${tick}`, { job, tick }]));
    this.runs = [...distinct.values()];
    const slots = [
      `locks ${JSON.stringify({ lock: { S: scenario.lock } })}`,
      ...this.runs.map(
        ({ job, tick }) => `runs ${JSON.stringify({ job: { S: job }, tick: { S: tick } })}`,
      ),
      `${DISPATCHED} ${JSON.stringify({ all: { S: 'deliveries' } })}`,
      'any other',
    ];
    this.locals = new LocalStates(protocol, scenario);
    this.store = new StoreStates(slots, { returnsItem: scenario.returnsItem });
    this.#procs = SLOTS + slots.length;
    this.#late = this.#procs + scenario.processes.length;
    this.width = this.#late + scenario.faults.late;
  }

  initial(): Int32Array {
    const state = new Int32Array(this.width);
    state[BUDGET] = pack(this.scenario.faults);
    if (this.scenario.used)
      state[SLOTS] = this.store.intern({ ...USED_LOCK, lock: { S: this.scenario.lock } });
    return state;
  }

  momentOf(state: Int32Array): number {
    return state[MOMENT] as number;
  }

  lockOf(state: Int32Array) {
    return this.store.lock(state[SLOTS] as number);
  }

  rowOf(state: Int32Array, job: string, tick: string): Run | undefined {
    const index = this.runs.findIndex((run) => run.job === job && run.tick === tick);
    return this.store.run(state[SLOTS + 1 + index] as number);
  }

  /** The rows of a job that are not over. */
  waitingRows(state: Int32Array, job: string): Run[] {
    const rows = this.runs
      .filter((run) => run.job === job)
      .map(({ tick }) => this.rowOf(state, job, tick));
    return rows.filter((row) => row?.retryAt !== undefined) as Run[];
  }

  /** Whether a process asked for the delivery with this key. */
  isDispatched(state: Int32Array, key: string): boolean {
    const item = this.store.item(state[SLOTS + 1 + this.runs.length] as number);
    return item?.[key] !== undefined;
  }

  /** All items, as text: for what depends on nothing else. */
  itemsOf(state: Int32Array): string {
    return state.subarray(SLOTS, this.#procs).join();
  }

  /** Whether a process has been started, whatever became of it. */
  hasStarted(state: Int32Array, process: number): boolean {
    return state[this.#procs + process] !== NOT_STARTED;
  }

  /** The local state of a process; absent where it has not started, or is dead. */
  localOf(state: Int32Array, process: number): LocalState | undefined {
    const place = state[this.#procs + process] as number;
    return place > NOT_STARTED ? this.locals.at(place - 1) : undefined;
  }

  lives(state: Int32Array, process: number): boolean {
    return (this.localOf(state, process)?.waiting.kind ?? 'nothing') !== 'nothing';
  }

  /** How a process died or what it threw; absent where it lives, or ended well. */
  deathOf(state: Int32Array, process: number): Death | undefined {
    const place = state[this.#procs + process] as number;
    if (place < NOT_STARTED) {
      const at = Math.floor((-place - 1) / 2);
      return place % 2 === 0
        ? { how: 'timed_out', at, name: 'Sandbox.Timedout' }
        : { how: 'crashed', at, name: 'Runtime.ExitError' };
    }
    const local = this.localOf(state, process);
    if (local?.waiting.kind !== 'nothing' || !local.waiting.error) return undefined;
    return { how: 'threw', at: local.path.at(-1)?.moment ?? 0, name: local.waiting.error.name };
  }

  /** Whether the process may start now: what it needs has happened. */
  mayStart(state: Int32Array, process: number): boolean {
    const spec = this.scenario.processes[process] as (typeof this.scenario.processes)[number];
    const moment = this.momentOf(state);
    if (this.hasStarted(state, process) || moment < spec.from || moment > spec.until) return false;
    if (spec.after !== undefined && !this.hasStarted(state, spec.after)) return false;
    if (spec.afterEnd !== undefined) {
      if (!this.hasStarted(state, spec.afterEnd) || this.lives(state, spec.afterEnd)) return false;
    }
    if (spec.kind === 'finalizer') return this.deathOf(state, spec.of) !== undefined;
    if (!spec.asked) return true;
    const { job, tick, trigger, attempt } = deliveryOf(spec);
    return this.isDispatched(state, dispatchKey({ job, scheduledTime: tick, trigger, attempt }));
  }

  /** The id of the request in the network. */
  lateRequest(state: Int32Array, index: number): number {
    return (state[this.#late + index] as number) - 1;
  }

  protected budgetOf(state: Int32Array): number {
    return state[BUDGET] as number;
  }

  protected spend(state: Int32Array, fault: keyof Faults): void {
    state[BUDGET] = spent(state[BUDGET] as number, fault);
  }

  protected pass(state: Int32Array): void {
    state[MOMENT] = this.momentOf(state) + 1;
  }

  protected itemIn(state: Int32Array, slot: number): number {
    return state[SLOTS + slot] as number;
  }

  protected setItem(state: Int32Array, slot: number, item: number): void {
    state[SLOTS + slot] = item;
  }

  /** The id of the local state; -1 where there is none. */
  protected placeOf(state: Int32Array, process: number): number {
    return (state[this.#procs + process] as number) - 1;
  }

  protected setPlace(state: Int32Array, process: number, local: number): void {
    state[this.#procs + process] = local + 1;
  }

  protected die(state: Int32Array, process: number, how: 'crashed' | 'timed_out'): void {
    const moment = this.momentOf(state);
    state[this.#procs + process] = -(2 * moment + (how === 'crashed' ? 1 : 2));
  }

  /** Packets in the network have no order: keep one, so that equal networks are equal states. */
  protected setLate(state: Int32Array, index: number, request: number): void {
    state[this.#late + index] = request + 1;
    state.subarray(this.#late).sort();
  }

  /** The tick that a process is about. */
  tickOf(process: number): string {
    return TICKS[this.scenario.processes[process]?.tick ?? 0] as string;
  }
}
