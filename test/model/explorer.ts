import { Endings } from './endings.ts';
import type { Violation } from './invariants.ts';
import type { Protocol } from './protocol.ts';
import type { Scenario } from './scenario.ts';
import { StateList } from './state-list.ts';
import { StateSet } from './state-set.ts';
import { STEPS, type Step } from './step.ts';
import { type Moved, World } from './world.ts';

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
  readonly world: World;
  readonly #endings: Endings;

  constructor(protocol: Protocol, scenario: Scenario) {
    this.world = new World(protocol, scenario);
    this.#endings = new Endings(this.world);
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
    const first = this.world.initial();
    seen.add(first);
    let frontier = new StateList(this.world.width);
    frontier.push(first);
    let base = 0;
    let depth = 0;
    const trail = new Trail();
    trail.push(-1, { kind: 'pass', index: 0 });
    while (frontier.length > 0 && depth < longest) {
      const next = new StateList(this.world.width);
      for (let i = 0; i < frontier.length; i++) {
        const state = frontier.at(i);
        for (const step of this.world.steps(state)) {
          const after = await this.world.take(state, step);
          const violation = await this.#judge(after);
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

  async #judge({ state, violation }: Moved): Promise<Violation> {
    return violation ?? (await this.#endings.check(state));
  }
}

/** How each state was reached: its parent and the step from there. */
class Trail {
  /** Of each state, its parent and the step from there. */
  readonly #links = new StateList(2);

  push(parent: number, { kind, index }: Step): void {
    this.#links.push([parent, STEPS.indexOf(kind) * 256 + index]);
  }

  to(state: number): Step[] {
    const steps: Step[] = [];
    for (let at = state; at > 0; ) {
      const [parent = 0, code = 0] = this.#links.at(at);
      steps.unshift({ kind: STEPS[code >> 8] as Step['kind'], index: code & 255 });
      at = parent;
    }
    return steps;
  }
}
