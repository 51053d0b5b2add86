import { checkEnd, checkPrompt, type Violation } from './invariants.ts';
import type { Input } from './process.ts';
import { TICKS, timeAt } from './scenario.ts';
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
    if (scenario.prompt && this.#anyLives(state)) return undefined;
    const started = scenario.processes.map((_, index) => this.#world.hasStarted(state, index));
    const key = `${this.#world.itemsOf(state)} ${scenario.prompt ? [...this.#firstDeliveries(state)] : started}`;
    if (!this.#known.has(key)) this.#known.set(key, await this.#judge(state));
    return this.#known.get(key);
  }

  async #judge(state: Int32Array): Promise<Violation> {
    const { scenario } = this.#world;
    const first = this.#firstDeliveries(state);
    if (scenario.prompt) {
      const rows = [...first].map(([tick, delivered]) => ({
        ...this.#rowOf(state, tick),
        delivered,
      }));
      const violation = checkPrompt(rows, scenario.endsWithin);
      if (violation) return violation;
    }
    const swept = scenario.swept ? await this.#sweep(state) : state;
    const delivered = scenario.processes.flatMap(({ kind, tick }, index) =>
      kind === 'delivery' && this.#world.hasStarted(state, index) ? [tick] : [],
    );
    const rows = delivered.map((tick) => this.#rowOf(swept, tick));
    return checkEnd(this.#world.lockOf(swept), rows);
  }

  #rowOf(state: Int32Array, tick: number) {
    return { tick: TICKS[tick] as string, row: this.#world.rowOf(state, tick) };
  }

  #anyLives(state: Int32Array): boolean {
    return this.#world.scenario.processes.some(
      (_, index) => (this.#world.localOf(state, index)?.waiting.kind ?? 'nothing') !== 'nothing',
    );
  }

  /** When each tick was first delivered. */
  #firstDeliveries(state: Int32Array): Map<number, number> {
    const first = new Map<number, number>();
    this.#world.scenario.processes.forEach((spec, index) => {
      const local = this.#world.localOf(state, index);
      if (spec.kind !== 'delivery' || !local) return;
      const time = timeAt(this.#world.scenario, local.path[0]?.moment ?? 0);
      first.set(spec.tick, Math.min(first.get(spec.tick) ?? Number.POSITIVE_INFINITY, time));
    });
    return first;
  }

  /** The sweep that comes when all is over; undisturbed. */
  async #sweep(before: Int32Array): Promise<Int32Array> {
    const { scenario, locals, store } = this.#world;
    const state = before.slice();
    const process = scenario.processes.length;
    const moment = scenario.moments.length;
    let local = -1;
    let input: Input = { kind: 'start', moment };
    for (let answered = -1; ; ) {
      const key = `${local} final ${answered}`;
      local = locals.known(key) ?? (await locals.step(key, process, local, input));
      const { request, waiting } = locals.at(local);
      if (waiting.kind !== 'store') return state;
      answered = this.#world.write(state, request).answer;
      input = { kind: 'answer', moment, answer: store.answers[answered] as never };
    }
  }
}
