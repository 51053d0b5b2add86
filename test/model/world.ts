import { remaining } from './budget.ts';
import { checkLock, checkRow, checkSkip, checkStart, type Violation } from './invariants.ts';
import type { LocalState } from './local-states.ts';
import type { Input } from './process.ts';
import { type Faults, JOB, limitsFor, timeAt } from './scenario.ts';
import type { Step } from './step.ts';
import { WorldStates } from './world-states.ts';

export interface Moved {
  state: Int32Array;
  violation: Violation;
}

/** The world of a scenario: what can happen in a state, and what it leads to. */
export class World extends WorldStates {
  /** Everything that can happen in a state. */
  steps(state: Int32Array): Step[] {
    const { processes, prompt, faults } = this.scenario;
    const steps: Step[] = [];
    const can = (fault: keyof Faults) => remaining(this.budgetOf(state), fault) > 0;
    let stalled = prompt && this.#anyDueBy(state, this.momentOf(state) + 1);
    processes.forEach((_, index) => {
      if (this.mayStart(state, index)) steps.push({ kind: 'start', index });
      const local = this.localOf(state, index);
      if (!local || local.waiting.kind === 'nothing') return;
      if (can('crashes')) steps.push({ kind: 'crash', index });
      if (local.request >= 0) {
        stalled = true;
        steps.push({ kind: 'answer', index });
        if (can('lost')) steps.push({ kind: 'lost', index });
        if (can('away')) steps.push({ kind: 'away', index });
        if (can('late') && this.locals.requests[local.request]?.kind !== 'get')
          steps.push({ kind: 'late', index });
      } else if (local.codeRuns) {
        steps.push({ kind: 'return', index });
        if (can('throws')) steps.push({ kind: 'throw', index });
        if (!local.givenUp && can('timeouts') && this.#nearDeadline(state, local)) {
          steps.push({ kind: 'heed', index }, { kind: 'give up', index });
        }
      }
    });
    if (can('pauses') && this.store.paused(this.itemIn(state, 0), JOB) !== undefined)
      steps.push({ kind: 'pause', index: 0 });
    for (let index = 0; index < faults.late; index++) {
      if (this.lateRequest(state, index) >= 0) steps.push({ kind: 'arrive', index });
    }
    const last = this.scenario.moments.length - 1;
    if (this.momentOf(state) < last && !(prompt && stalled)) steps.push({ kind: 'pass', index: 0 });
    return steps;
  }

  async take(from: Int32Array, { kind, index }: Step): Promise<Moved> {
    const state = from.slice();
    if (kind === 'pass') {
      this.pass(state);
      if (this.scenario.kills) this.#killOverdue(state);
      return { state, violation: undefined };
    }
    if (kind === 'pause') {
      this.spend(state, 'pauses');
      this.setItem(state, 0, this.store.paused(this.itemIn(state, 0), JOB) as number);
      return { state, violation: undefined };
    }
    if (kind === 'arrive') {
      const request = this.lateRequest(state, index);
      this.setLate(state, index, -1);
      return { state, violation: this.write(state, request).violation };
    }
    if (kind === 'start') return this.#start(state, index);
    if (kind === 'crash') {
      this.spend(state, 'crashes');
      this.die(state, index, 'crashed');
      return { state, violation: undefined };
    }
    const local = this.localOf(state, index) as LocalState;
    if (kind === 'late') {
      this.spend(state, 'late');
      this.setLate(state, this.scenario.faults.late - 1, local.request);
      return { state, violation: undefined };
    }
    if (kind === 'answer' || kind === 'lost') {
      const { answer, violation } = this.write(state, local.request, index);
      if (kind === 'lost') this.spend(state, 'lost');
      if (violation) return { state, violation };
      return this.#feed(state, index, kind, kind === 'answer' ? answer : -1);
    }
    if (kind === 'away') this.spend(state, 'away');
    if (kind === 'throw') this.spend(state, 'throws');
    if (kind === 'heed' || kind === 'give up') this.spend(state, 'timeouts');
    return this.#feed(state, index, kind);
  }

  async #start(state: Int32Array, index: number): Promise<Moved> {
    const moment = this.momentOf(state);
    const spec = this.scenario.processes[index];
    const death = spec?.kind === 'finalizer' ? this.deathOf(state, spec.of) : undefined;
    const waiting = spec?.kind === 'sweep' ? this.waitingRows(state, spec.job) : [];
    const key = `start ${index} ${moment} ${JSON.stringify([death, waiting])}`;
    const input: Input = { kind: 'start', moment, waiting, ...(death && { death }) };
    const id = this.locals.known(key) ?? (await this.locals.step(key, index, -1, input));
    this.setPlace(state, index, id);
    return { state, violation: this.#began(state, index, false) };
  }

  /** Lets a process take its next step, and looks at what it began. */
  async #feed(
    state: Int32Array,
    index: number,
    kind: Exclude<Input['kind'], 'start'>,
    answer = -1,
  ): Promise<Moved> {
    const before = this.placeOf(state, index);
    const moment = this.momentOf(state);
    const key = `${before} ${kind} ${moment} ${answer}`;
    let id = this.locals.known(key);
    if (id === undefined) {
      const input = (
        kind === 'answer' ? { kind, moment, answer: this.store.answers[answer] } : { kind, moment }
      ) as Input;
      id = await this.locals.step(key, index, before, input);
    }
    this.setPlace(state, index, id);
    return { state, violation: this.#began(state, index, this.locals.at(before).codeRuns) };
  }

  /** What a process has begun by its last step: a skip, or its code. */
  #began(state: Int32Array, index: number, ranBefore: boolean): Violation {
    const local = this.localOf(state, index) as LocalState;
    const skipped = this.#skipOf(local);
    if (skipped) return this.#checkSkip(state, local, skipped);
    if (ranBefore || !local.codeRuns) return undefined;
    const { job = JOB } = this.scenario.processes[index] ?? {};
    const running = this.scenario.processes.filter((_, i) => this.localOf(state, i)?.codeRuns);
    const limits = limitsFor(this.scenario, job);
    return checkStart(
      running.length,
      running.filter((other) => other.job === job).length,
      limits,
      this.rowOf(state, job, this.tickOf(index)),
    );
  }

  /** The tick that a process is about to record as skipped for an overlap. */
  #skipOf({ request: id, path }: LocalState): string | undefined {
    const request = this.locals.requests[id];
    // One sent again after a lost answer was decided earlier.
    if (request?.kind !== 'put' || path.at(-1)?.kind === 'lost') return undefined;
    const { reason, tick } = request.input.Item ?? {};
    return reason?.S === 'overlap' ? tick?.S : undefined;
  }

  #checkSkip(state: Int32Array, local: LocalState, tick: string): Violation {
    const lock = this.lockOf(state);
    const holder = lock?.holders[JOB];
    // Only of the holder that it saw: one that came since is none of its business.
    if (!holder || holder.token !== holderSeen(local)) return undefined;
    return checkSkip(tick, lock?.fences[JOB], this.rowOf(state, JOB, holder.tick));
  }

  /**
   * The store carries out a request.
   *
   * @param by the process that sent it; absent for a packet that was in the network
   */
  write(
    state: Int32Array,
    requestId: number,
    by?: number,
  ): { answer: number; violation: Violation } {
    const request = this.locals.requests[requestId];
    if (!request) throw new Error(`no request ${requestId}`);
    if (request.kind === 'get' && !request.input.ConsistentRead)
      return { answer: 0, violation: 'a read that may show what was there before' };
    const slot = this.store.slotOf(requestId, request);
    const before = this.itemIn(state, slot);
    const { item, answer } = this.store.apply(requestId, request, before);
    this.setItem(state, slot, item);
    if (item === before) return { answer, violation: undefined };
    if (slot > this.runs.length) return { answer, violation: undefined };
    const violation =
      slot === 0
        ? checkLock(
            this.store.lock(before),
            this.store.lock(item),
            by === undefined ? tokenOf(request) : `p${by}.`,
            (token) => this.#alive(state, token),
            (job) => limitsFor(this.scenario, job),
          )
        : checkRow(this.store.run(before), this.store.run(item), this.lockOf(state));
    return { answer, violation };
  }

  /** Whether the process that made a token may still act on it. */
  #alive(state: Int32Array, token: string): boolean {
    const index = Number(/^p(\d+)\./.exec(token)?.[1]);
    return this.localOf(state, index)?.codeRuns ?? false;
  }

  #nearDeadline(state: Int32Array, local: LocalState): boolean {
    return timeAt(this.scenario, this.momentOf(state) + 1) >= this.#deadline(local);
  }

  #deadline({ path, process }: LocalState): number {
    const isDelivery = this.scenario.processes[process]?.kind === 'delivery';
    const timeout = isDelivery ? this.scenario.timeout : 5_000;
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
    const now = timeAt(this.scenario, this.momentOf(state));
    this.scenario.processes.forEach((_, index) => {
      const local = this.localOf(state, index);
      if (local && local.waiting.kind !== 'nothing' && this.#deadline(local) <= now)
        this.die(state, index, 'timed_out');
    });
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
