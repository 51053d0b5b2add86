import {
  checkEnd,
  checkLock,
  checkPrompt,
  checkRow,
  checkSkip,
  checkStart,
  type Violation,
} from './invariants.ts';
import { type LocalState, LocalStates } from './local-states.ts';
import { type Input, JOB } from './process.ts';
import type { Protocol } from './protocol.ts';
import { type Faults, type Scenario, TICKS, timeAt } from './scenario.ts';
import { StateList } from './state-list.ts';
import { StateSet } from './state-set.ts';
import { StoreStates } from './store-states.ts';

/** One step of the adversary: what happens, and to which process (or which late packet). */
export interface Step {
  kind: (typeof KINDS)[number];
  index: number;
}

const KINDS = [
  'pass', 'start', 'answer', 'lost', 'late', 'away', 'crash', 'return', 'throw', 'heed', 'give up', 'arrive',
] as const; // biome-ignore format: one line
const FAULTS = ['crashes', 'lost', 'late', 'away', 'throws', 'timeouts'] as const;

/** A process in a state: not started, dead, or the id of a local state plus one. */
const NOT_STARTED = 0;
const DEAD = -1;

const MOMENT = 0;
const BUDGET = 1;
const SLOTS = 2;

export interface Found {
  violation: string;
  steps: Step[];
}

export interface Explored {
  states: number;
  depth: number;
  /** Every reachable state was visited. */
  exhausted: boolean;
  found?: Found;
}

/**
 * Explores every state that an adversary can bring about in a scenario, breadth first, so that the
 * first violation found is a shortest one.
 */
export class Explorer {
  readonly scenario: Scenario;
  readonly locals: LocalStates;
  readonly store: StoreStates;
  readonly #ticks: number[];
  readonly #procs: number;
  readonly #late: number;
  readonly #width: number;
  readonly #endings = new Map<string, Violation>();

  constructor(protocol: Protocol, scenario: Scenario) {
    this.scenario = scenario;
    this.#ticks = [
      ...new Set(scenario.processes.filter((p) => p.kind === 'delivery').map((p) => p.tick)),
    ].sort();
    const row = (tick: number) =>
      `runs ${JSON.stringify({ job: { S: JOB }, tick: { S: TICKS[tick] } })}`;
    const slots = [
      `locks ${JSON.stringify({ lock: { S: JOB } })}`,
      ...this.#ticks.map(row),
      'any other',
    ];
    this.locals = new LocalStates(protocol, scenario);
    this.store = new StoreStates(slots, { returnsItem: scenario.returnsItem });
    this.#procs = SLOTS + slots.length;
    this.#late = this.#procs + scenario.processes.length;
    this.#width = this.#late + scenario.faults.late;
  }

  /**
   * @param limit the most states to visit
   * @param longest the most steps to look at
   */
  async explore(
    limit = Number.POSITIVE_INFINITY,
    longest = Number.POSITIVE_INFINITY,
  ): Promise<Explored> {
    const seen = new StateSet();
    const first = this.initial();
    seen.add(first);
    let frontier = new StateList(this.#width);
    frontier.push(first);
    let base = 0;
    let depth = 0;
    const trail = new Trail();
    trail.push(-1, { kind: 'pass', index: 0 });
    while (frontier.length > 0 && depth < longest) {
      const next = new StateList(this.#width);
      for (let i = 0; i < frontier.length; i++) {
        const state = frontier.at(i);
        for (const step of this.#steps(state)) {
          const after = await this.#take(state, step);
          const violation = after.violation ?? (await this.#ended(after.state));
          if (violation) {
            const steps = [...trail.to(base + i), step];
            return {
              states: seen.size,
              depth: depth + 1,
              exhausted: false,
              found: { violation, steps },
            };
          }
          if (!seen.add(after.state)) continue;
          trail.push(base + i, step);
          next.push(after.state);
          if (seen.size >= limit) return { states: seen.size, depth: depth + 1, exhausted: false };
        }
      }
      base += frontier.length;
      frontier = next;
      if (next.length > 0) depth += 1;
    }
    return { states: seen.size, depth, exhausted: frontier.length === 0 };
  }

  initial(): Int32Array {
    const state = new Int32Array(this.#width);
    state[BUDGET] = pack(this.scenario.faults);
    if (this.scenario.used) state[SLOTS] = this.store.intern(USED_LOCK);
    return state;
  }

  /** One step from a state; what it leads to, and what it breaks. */
  async follow(
    state: Int32Array,
    step: Step,
  ): Promise<{ state: Int32Array; violation: Violation }> {
    const after = await this.#take(state, step);
    return { state: after.state, violation: after.violation ?? (await this.#ended(after.state)) };
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

  /** Everything that can happen in a state. */
  #steps(state: Int32Array): Step[] {
    const { processes, prompt, faults } = this.scenario;
    const steps: Step[] = [];
    const can = (fault: (typeof FAULTS)[number]) => remaining(state, fault) > 0;
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
    for (let index = 0; index < faults.late; index++) {
      if (state[this.#late + index] !== 0) steps.push({ kind: 'arrive', index });
    }
    const last = this.scenario.moments.length - 1;
    if ((state[MOMENT] as number) < last && !(prompt && stalled))
      steps.push({ kind: 'pass', index: 0 });
    return steps;
  }

  async #take(
    from: Int32Array,
    { kind, index }: Step,
  ): Promise<{ state: Int32Array; violation: Violation }> {
    const state = from.slice();
    if (kind === 'pass') {
      state[MOMENT] = (state[MOMENT] as number) + 1;
      if (this.scenario.kills) this.#killOverdue(state);
      return { state, violation: undefined };
    }
    if (kind === 'arrive') {
      const request = this.lateRequest(state, index);
      state[this.#late + index] = 0;
      sortLate(state, this.#late);
      return { state, violation: this.#write(state, request).violation };
    }
    const place = this.#procs + index;
    if (kind === 'start') return this.#feed(state, index, 'start');
    if (kind === 'crash') {
      spend(state, 'crashes');
      state[place] = DEAD;
      return { state, violation: undefined };
    }
    const local = this.locals.at((state[place] as number) - 1);
    if (kind === 'late') {
      spend(state, 'late');
      state[this.#late + this.scenario.faults.late - 1] = local.request + 1;
      sortLate(state, this.#late);
      return { state, violation: undefined };
    }
    if (kind === 'answer' || kind === 'lost') {
      const { answer, violation } = this.#write(state, local.request);
      if (kind === 'lost') spend(state, 'lost');
      if (violation) return { state, violation };
      return this.#feed(state, index, kind, kind === 'answer' ? answer : -1);
    }
    if (kind === 'away') spend(state, 'away');
    if (kind === 'throw') spend(state, 'throws');
    if (kind === 'heed' || kind === 'give up') spend(state, 'timeouts');
    return this.#feed(state, index, kind);
  }

  /** Lets a process take its next step, and looks at what it began. */
  async #feed(
    state: Int32Array,
    index: number,
    kind: Input['kind'],
    answer = -1,
  ): Promise<{ state: Int32Array; violation: Violation }> {
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
    const row = this.store.run(state[SLOTS + 1 + this.#ticks.indexOf(tick)] as number);
    return { state, violation: checkStart(this.#running(state), row) };
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
    const lock = this.store.lock(state[SLOTS] as number);
    const holder = lock?.holders[JOB];
    // Only of the holder that it saw: one that came since is none of its business.
    if (holder?.token !== holderSeen(local)) return undefined;
    const index = this.#ticks.findIndex((tick) => TICKS[tick] === holder?.tick);
    const row = index < 0 ? undefined : this.store.run(state[SLOTS + 1 + index] as number);
    return checkSkip(tick, lock?.fences[JOB], row);
  }

  /** The store carries out a request. */
  #write(state: Int32Array, requestId: number): { answer: number; violation: Violation } {
    const request = this.locals.requests[requestId];
    if (!request) throw new Error(`no request ${requestId}`);
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
        : checkRow(this.store.run(before), this.store.run(item));
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

  /** Whether the promises hold when nothing more happens after this state but the sweep. */
  async #ended(state: Int32Array): Promise<Violation> {
    if (state[MOMENT] !== this.scenario.moments.length - 1) return undefined;
    const delivered = this.scenario.processes.map(
      (_, index) => state[this.#procs + index] !== NOT_STARTED,
    );
    const living = this.scenario.processes.some(
      (_, index) => (this.localOf(state, index)?.waiting.kind ?? 'nothing') !== 'nothing',
    );
    if (this.scenario.prompt && living) return undefined;
    const key = `${state.subarray(SLOTS, this.#procs)} ${this.scenario.prompt ? [...this.#firstDeliveries(state)] : delivered}`;
    if (!this.#endings.has(key)) this.#endings.set(key, await this.#checkEnding(state));
    return this.#endings.get(key);
  }

  async #checkEnding(state: Int32Array): Promise<Violation> {
    const rowsOf = (slots: Int32Array) =>
      this.#ticks.map((tick, i) => ({
        tick: TICKS[tick] as string,
        row: this.store.run(slots[SLOTS + 1 + i] as number),
      }));
    if (this.scenario.prompt) {
      const first = this.#firstDeliveries(state);
      const rows = rowsOf(state).map((row, i) => ({
        ...row,
        delivered: first.get(this.#ticks[i] as number) ?? -1,
      }));
      const violation = checkPrompt(
        rows.filter(({ delivered }) => delivered >= 0),
        this.scenario.endsWithin,
      );
      if (violation) return violation;
    }
    const swept = this.scenario.swept ? await this.#sweep(state) : state;
    const deliveredTicks = new Set(
      this.scenario.processes.flatMap((spec, i) =>
        spec.kind === 'delivery' && state[this.#procs + i] !== NOT_STARTED
          ? [TICKS[spec.tick]]
          : [],
      ),
    );
    return checkEnd(
      this.store.lock(swept[SLOTS] as number),
      rowsOf(swept).filter(({ tick }) => deliveredTicks.has(tick)),
    );
  }

  /** The sweep that comes when all is over; undisturbed. */
  async #sweep(before: Int32Array): Promise<Int32Array> {
    const state = before.slice();
    const process = this.scenario.processes.length;
    const moment = this.scenario.moments.length;
    let local = -1;
    let input: Input = { kind: 'start', moment };
    for (let answered = -1; ; ) {
      const key = `${local} final ${answered}`;
      local = this.locals.known(key) ?? (await this.locals.step(key, process, local, input));
      const { request, waiting } = this.locals.at(local);
      if (waiting.kind !== 'store') return state;
      answered = this.#write(state, request).answer;
      input = { kind: 'answer', moment, answer: this.store.answers[answered] as never };
    }
  }

  #firstDeliveries(state: Int32Array): Map<number, number> {
    const first = new Map<number, number>();
    this.scenario.processes.forEach((spec, index) => {
      const local = this.localOf(state, index);
      if (spec.kind !== 'delivery' || !local) return;
      const time = timeAt(this.scenario, local.path[0]?.moment ?? 0);
      first.set(spec.tick, Math.min(first.get(spec.tick) ?? Number.POSITIVE_INFINITY, time));
    });
    return first;
  }
}

/** How each state was reached: its parent and the step from there. */
class Trail {
  /** Of each state, its parent and the step from there. */
  readonly #links = new StateList(2);

  push(parent: number, { kind, index }: Step): void {
    this.#links.push([parent, KINDS.indexOf(kind) * 256 + index]);
  }

  to(state: number): Step[] {
    const steps: Step[] = [];
    for (let at = state; at > 0; ) {
      const [parent = 0, code = 0] = this.#links.at(at);
      steps.unshift({ kind: KINDS[code >> 8] as Step['kind'], index: code & 255 });
      at = parent;
    }
    return steps;
  }
}

/** A lock that earlier runs left behind: idle, its last tick the one before all of these. */
const USED_LOCK = {
  lock: { S: JOB },
  fence: { N: '100' },
  holders: { M: {} },
  fences: { M: {} },
  watermarks: { M: { [JOB]: { S: '2026-02-28T23:50Z' } } },
  last: { M: {} },
  paused: { M: {} },
  failures: { M: {} },
};

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

function pack(faults: Faults): number {
  return FAULTS.reduce((packed, fault, i) => packed | (faults[fault] << (3 * i)), 0);
}

function remaining(state: Int32Array, fault: (typeof FAULTS)[number]): number {
  return ((state[BUDGET] as number) >> (3 * FAULTS.indexOf(fault))) & 7;
}

function spend(state: Int32Array, fault: (typeof FAULTS)[number]): void {
  state[BUDGET] = (state[BUDGET] as number) - (1 << (3 * FAULTS.indexOf(fault)));
}

/** Packets in the network have no order: keep one, so that equal networks are equal states. */
function sortLate(state: Int32Array, from: number): void {
  state.subarray(from).sort();
}
