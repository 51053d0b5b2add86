import { pack, remaining, spent } from './budget.ts';
import { checkLock, checkRow, checkSkip, checkStart, type Violation } from './invariants.ts';
import { type LocalState, LocalStates } from './local-states.ts';
import { type Input, JOB } from './process.ts';
import type { Protocol } from './protocol.ts';
import { type Faults, type Scenario, TICKS, timeAt } from './scenario.ts';
import type { Step } from './step.ts';
import { StoreStates } from './store-states.ts';
import { USED_LOCK } from './used-lock.ts';

/** A process in a state: not started, dead, or the id of a local state plus one. */
const NOT_STARTED = 0;
const DEAD = -1;

/** A state is a row of numbers: the moment, what faults are left, items, processes, late packets. */
const MOMENT = 0;
const BUDGET = 1;
const SLOTS = 2;

export interface Moved {
  state: Int32Array;
  violation: Violation;
}

/** The world of a scenario: what can happen in a state, and what it leads to. */
export class World {
  readonly scenario: Scenario;
  readonly locals: LocalStates;
  readonly store: StoreStates;
  /** Of the deliveries; the rows' slots are in this order. */
  readonly ticks: readonly number[];
  /** How many numbers a state has. */
  readonly width: number;
  readonly #procs: number;
  readonly #late: number;

  constructor(protocol: Protocol, scenario: Scenario) {
    this.scenario = scenario;
    this.ticks = [
      ...new Set(scenario.processes.filter((p) => p.kind === 'delivery').map((p) => p.tick)),
    ].sort();
    const row = (tick: number) =>
      `runs ${JSON.stringify({ job: { S: JOB }, tick: { S: TICKS[tick] } })}`;
    const slots = [
      `locks ${JSON.stringify({ lock: { S: JOB } })}`,
      ...this.ticks.map(row),
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
    if (this.scenario.used) state[SLOTS] = this.store.intern(USED_LOCK);
    return state;
  }

  /** The local state of a process in a state of the world; absent where it has none. */
  localOf(state: Int32Array, process: number): LocalState | undefined {
    const place = state[this.#procs + process] as number;
    return place > NOT_STARTED ? this.locals.at(place - 1) : undefined;
  }

  /** The id of the request in the network. */
  lateRequest(state: Int32Array, index: number): number {
    return (state[this.#late + index] as number) - 1;
  }

  momentOf(state: Int32Array): number {
    return state[MOMENT] as number;
  }

  lockOf(state: Int32Array) {
    return this.store.lock(state[SLOTS] as number);
  }

  /** The row of a tick of the scenario. */
  rowOf(state: Int32Array, tick: number) {
    const slot = SLOTS + 1 + this.ticks.indexOf(tick);
    return this.store.run(state[slot] as number);
  }

  /** All items, as text: for what depends on nothing else. */
  itemsOf(state: Int32Array): string {
    return state.subarray(SLOTS, this.#procs).join();
  }

  /** Whether a process has been started, whatever became of it. */
  hasStarted(state: Int32Array, process: number): boolean {
    return state[this.#procs + process] !== NOT_STARTED;
  }

  /** Everything that can happen in a state. */
  steps(state: Int32Array): Step[] {
    const { processes, prompt, faults } = this.scenario;
    const steps: Step[] = [];
    const can = (fault: keyof Faults) => remaining(state[BUDGET] as number, fault) > 0;
    let stalled = prompt && this.#anyDueBy(state, (state[MOMENT] as number) + 1);
    processes.forEach((spec, index) => {
      const place = state[this.#procs + index] as number;
      if (place === NOT_STARTED) {
        const moment = state[MOMENT] as number;
        const free = spec.after === undefined || state[this.#procs + spec.after] !== NOT_STARTED;
        if (free && moment >= spec.from && moment <= spec.until)
          steps.push({ kind: 'start', index });
        return;
      }
      const local = place === DEAD ? undefined : this.locals.at(place - 1);
      if (!local || local.waiting.kind === 'nothing') return;
      if (can('crashes')) steps.push({ kind: 'crash', index });
      if (local.request >= 0) {
        stalled = true;
        steps.push({ kind: 'answer', index });
        if (can('lost')) steps.push({ kind: 'lost', index });
        if (can('away')) steps.push({ kind: 'away', index });
        if (can('late') && this.locals.requests[local.request]?.kind === 'update')
          steps.push({ kind: 'late', index });
      } else if (local.codeRuns) {
        steps.push({ kind: 'return', index });
        if (can('throws')) steps.push({ kind: 'throw', index });
        if (!local.givenUp && can('timeouts') && this.#nearDeadline(state, local)) {
          steps.push({ kind: 'heed', index }, { kind: 'give up', index });
        }
      }
    });
    if (can('pauses') && this.store.paused(state[SLOTS] as number, JOB) !== undefined)
      steps.push({ kind: 'pause', index: 0 });
    for (let index = 0; index < faults.late; index++) {
      if (state[this.#late + index] !== 0) steps.push({ kind: 'arrive', index });
    }
    const last = this.scenario.moments.length - 1;
    if ((state[MOMENT] as number) < last && !(prompt && stalled))
      steps.push({ kind: 'pass', index: 0 });
    return steps;
  }

  async take(from: Int32Array, { kind, index }: Step): Promise<Moved> {
    const state = from.slice();
    if (kind === 'pass') {
      state[MOMENT] = (state[MOMENT] as number) + 1;
      if (this.scenario.kills) this.#killOverdue(state);
      return { state, violation: undefined };
    }
    if (kind === 'pause') {
      this.#spend(state, 'pauses');
      state[SLOTS] = this.store.paused(state[SLOTS] as number, JOB) as number;
      return { state, violation: undefined };
    }
    if (kind === 'arrive') {
      const request = this.lateRequest(state, index);
      state[this.#late + index] = 0;
      this.#sortLate(state);
      return { state, violation: this.write(state, request).violation };
    }
    const place = this.#procs + index;
    if (kind === 'start') return this.#feed(state, index, 'start');
    if (kind === 'crash') {
      this.#spend(state, 'crashes');
      state[place] = DEAD;
      return { state, violation: undefined };
    }
    const local = this.locals.at((state[place] as number) - 1);
    if (kind === 'late') {
      this.#spend(state, 'late');
      state[this.#late + this.scenario.faults.late - 1] = local.request + 1;
      this.#sortLate(state);
      return { state, violation: undefined };
    }
    if (kind === 'answer' || kind === 'lost') {
      const { answer, violation } = this.write(state, local.request);
      if (kind === 'lost') this.#spend(state, 'lost');
      if (violation) return { state, violation };
      return this.#feed(state, index, kind, kind === 'answer' ? answer : -1);
    }
    if (kind === 'away') this.#spend(state, 'away');
    if (kind === 'throw') this.#spend(state, 'throws');
    if (kind === 'heed' || kind === 'give up') this.#spend(state, 'timeouts');
    return this.#feed(state, index, kind);
  }

  /** Lets a process take its next step, and looks at what it began. */
  async #feed(state: Int32Array, index: number, kind: Input['kind'], answer = -1): Promise<Moved> {
    const place = this.#procs + index;
    const before = state[place] as number;
    const moment = state[MOMENT] as number;
    const key = `${before - 1} ${index} ${kind} ${moment} ${answer}`;
    let id = this.locals.known(key);
    if (id === undefined) {
      const input = (
        kind === 'answer' ? { kind, moment, answer: this.store.answers[answer] } : { kind, moment }
      ) as Input;
      id = await this.locals.step(key, index, before - 1, input);
    }
    state[place] = id + 1;
    const skipped = this.#skipOf(id);
    if (skipped) return { state, violation: this.#checkSkip(state, this.locals.at(id), skipped) };
    const ran = before > NOT_STARTED && this.locals.at(before - 1).codeRuns;
    if (ran || !this.locals.at(id).codeRuns) return { state, violation: undefined };
    const { tick } = this.scenario.processes[index] as { tick: number };
    return { state, violation: checkStart(this.#running(state), this.rowOf(state, tick)) };
  }

  /** The tick that a process is about to record as skipped for an overlap. */
  #skipOf(local: number): string | undefined {
    const { request: id, path } = this.locals.at(local);
    const request = this.locals.requests[id];
    // One sent again after a lost answer was decided earlier.
    if (request?.kind !== 'update' || path.at(-1)?.kind === 'lost') return undefined;
    const skips = request.input.ExpressionAttributeValues?.[':reason']?.S === 'overlap';
    return skips ? request.input.Key?.tick?.S : undefined;
  }

  #checkSkip(state: Int32Array, local: LocalState, tick: string): Violation {
    const lock = this.lockOf(state);
    const holder = lock?.holders[JOB];
    // Only of the holder that it saw: one that came since is none of its business.
    if (holder?.token !== holderSeen(local)) return undefined;
    const held = this.ticks.find((tick) => TICKS[tick] === holder?.tick);
    const row = held === undefined ? undefined : this.rowOf(state, held);
    return checkSkip(tick, lock?.fences[JOB], row);
  }

  /** The store carries out a request. */
  write(state: Int32Array, requestId: number): { answer: number; violation: Violation } {
    const request = this.locals.requests[requestId];
    if (!request) throw new Error(`no request ${requestId}`);
    if (request.kind === 'get' && !request.input.ConsistentRead)
      return { answer: 0, violation: 'a read that may show what was there before' };
    const slot = this.store.slotOf(requestId, request);
    const before = state[SLOTS + slot] as number;
    const { item, answer } = this.store.apply(requestId, request, before);
    state[SLOTS + slot] = item;
    if (item === before) return { answer, violation: undefined };
    const violation =
      slot === 0
        ? checkLock(this.store.lock(before), this.store.lock(item), tokenOf(request), (token) =>
            this.#alive(state, token),
          )
        : checkRow(this.store.run(before), this.store.run(item), this.lockOf(state));
    return { answer, violation };
  }

  #running(state: Int32Array): number {
    return this.scenario.processes.filter((_, index) => this.localOf(state, index)?.codeRuns)
      .length;
  }

  /** Whether the process that made a token may still act on it. */
  #alive(state: Int32Array, token: string): boolean {
    const index = Number(/^p(\d+)\./.exec(token)?.[1]);
    const local = this.localOf(state, index);
    return local?.codeRuns ?? false;
  }

  #nearDeadline(state: Int32Array, local: LocalState): boolean {
    const moment = state[MOMENT] as number;
    return timeAt(this.scenario, moment + 1) >= this.#deadline(local);
  }

  #deadline({ path, process }: LocalState): number {
    const timeout =
      this.scenario.processes[process]?.kind === 'sweep' ? 5_000 : this.scenario.timeout;
    return timeAt(this.scenario, path[0]?.moment ?? 0) + timeout;
  }

  #anyDueBy(state: Int32Array, moment: number): boolean {
    return this.scenario.processes.some((_, index) => {
      const local = this.localOf(state, index);
      return (
        local &&
        local.waiting.kind !== 'nothing' &&
        this.#deadline(local) <= timeAt(this.scenario, moment)
      );
    });
  }

  #killOverdue(state: Int32Array): void {
    const now = timeAt(this.scenario, state[MOMENT] as number);
    this.scenario.processes.forEach((_, index) => {
      const local = this.localOf(state, index);
      if (local && local.waiting.kind !== 'nothing' && this.#deadline(local) <= now)
        state[this.#procs + index] = DEAD;
    });
  }

  #spend(state: Int32Array, fault: keyof Faults): void {
    state[BUDGET] = spent(state[BUDGET] as number, fault);
  }

  /** Packets in the network have no order: keep one, so that equal networks are equal states. */
  #sortLate(state: Int32Array): void {
    state.subarray(this.#late).sort();
  }
}

/** The token of the holder in the lock as a process last saw it. */
function holderSeen({ path }: LocalState): string | undefined {
  for (const input of path.toReversed()) {
    if (input.kind !== 'answer') continue;
    const item = input.answer.kind === 'refused' ? input.answer.item : input.answer.output.Item;
    if (item?.holders) return item.holders.M?.[JOB]?.M?.token?.S;
  }
  return undefined;
}

function tokenOf(request: { input: object }): string {
  return /p\d+\.\d+/.exec(JSON.stringify(request.input))?.[0] ?? 'the sweep';
}
