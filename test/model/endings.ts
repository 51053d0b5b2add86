import {
  checkEnd,
  checkFinalized,
  checkPrompt,
  type EndedRun,
  type Violation,
} from './invariants.ts';
import type { Input } from './process.ts';
import { deliveryOf, finalSweeps, timeAt } from './scenario.ts';
import type { World } from './world.ts';

/** Whether the promises hold where a world ends. */
export class Endings {
  readonly #world: World;
  readonly #known = new Map<string, Violation>();

  constructor(world: World) {
    this.#world = world;
  }

  /** When nothing more happens after this state but the sweep. A state before the last moment is no end. */
  async check(state: Int32Array): Promise<Violation> {
    const { scenario } = this.#world;
    if (this.#world.momentOf(state) !== scenario.moments.length - 1) return undefined;
    const isFinalized = scenario.finalized && this.#allFinalized(state);
    if (scenario.prompt && this.#anyLives(state)) return undefined;
    const started = scenario.processes.map((_, index) => this.#world.hasStarted(state, index));
    const key = `${this.#world.itemsOf(state)} ${isFinalized} ${scenario.prompt ? this.#delivered(state).map(({ at }) => at) : started}`;
    if (!this.#known.has(key)) this.#known.set(key, await this.#judge(state, isFinalized));
    return this.#known.get(key);
  }

  async #judge(state: Int32Array, isFinalized: boolean): Promise<Violation> {
    const { scenario } = this.#world;
    const runs = this.#delivered(state);
    if (scenario.prompt) {
      const rows = runs.map((run) => ({ ...this.#ended(state, run), delivered: run.at }));
      const violation = checkPrompt(rows, scenario.endsWithin);
      if (violation) return violation;
    }
    if (isFinalized) {
      const ended = runs.map((run) => this.#ended(state, run));
      const violation = checkFinalized(this.#world.lockOf(state), ended, this.#asked(state));
      if (violation) return violation;
    }
    const swept = scenario.swept ? await this.#sweep(state) : state;
    return checkEnd(
      this.#world.lockOf(swept),
      runs.map((run) => this.#ended(swept, run)),
      this.#asked(swept),
    );
  }

  #asked(state: Int32Array) {
    return (key: string) => this.#world.isDispatched(state, key);
  }

  #ended(state: Int32Array, { job, tick }: { job: string; tick: string }): EndedRun {
    return { job, tick, row: this.#world.rowOf(state, job, tick) };
  }

  #anyLives(state: Int32Array): boolean {
    return this.#world.scenario.processes.some((_, index) => this.#world.lives(state, index));
  }

  /** Whether nothing is under way, and every delivery that died or threw was dealt with by a finalizer. */
  #allFinalized(state: Int32Array): boolean {
    if (this.#anyLives(state)) return false;
    const { processes } = this.#world.scenario;
    const done = (of: number) =>
      processes.some(
        (spec, i) =>
          spec.of === of && this.#world.hasStarted(state, i) && !this.#world.deathOf(state, i),
      );
    return processes.every(
      ({ kind }, index) => kind !== 'delivery' || !this.#world.deathOf(state, index) || done(index),
    );
  }

  /** The runs that were delivered, and when first: what only waits for somebody to ask for it does not count. */
  #delivered(state: Int32Array): { job: string; tick: string; at: number }[] {
    const first = new Map<string, { job: string; tick: string; at: number }>();
    this.#world.scenario.processes.forEach((spec, index) => {
      if (spec.kind !== 'delivery' || !this.#world.hasStarted(state, index)) return;
      const { job, tick } = deliveryOf(spec);
      const local = this.#world.localOf(state, index);
      const at = timeAt(this.#world.scenario, local?.path[0]?.moment ?? 0);
      const known = first.get(`${job} ${tick}`);
      if (!known || at < known.at) first.set(`${job} ${tick}`, { job, tick, at });
    });
    return [...first.values()];
  }

  /** The sweeps that come when all is over; undisturbed. */
  async #sweep(before: Int32Array): Promise<Int32Array> {
    const { scenario, locals, store } = this.#world;
    const state = before.slice();
    const moment = scenario.moments.length;
    const sweeps = finalSweeps(scenario);
    for (const [i, { job }] of sweeps.entries()) {
      const process = scenario.processes.length + i;
      const waiting = this.#world.waitingRows(state, job);
      let input: Input = { kind: 'start', moment, waiting };
      let key = `final ${i} ${JSON.stringify(waiting)}`;
      let local = -1;
      for (;;) {
        local = locals.known(key) ?? (await locals.step(key, process, local, input));
        const { request, waiting: waits } = locals.at(local);
        if (waits.kind !== 'store') break;
        const { answer } = this.#world.write(state, request, process);
        input = { kind: 'answer', moment, answer: store.answers[answer] as never };
        key = `final ${local} ${answer}`;
      }
    }
    return state;
  }
}
