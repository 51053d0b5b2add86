import type { Clock } from './clock.ts';
import type { World } from './world.ts';

/** The world changes a little at regular times; meanwhile the clock is held. */
export class WorldClock {
  readonly #world: World;
  readonly #clock: Clock;
  #turning: Promise<void> | undefined;
  #stopped = false;

  constructor(world: World, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    await this.#world.seed(new Date(this.#clock.now()));
    this.#plan();
  }

  /** Resolves once the change that is under way is done; no other follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#turning;
  }

  #plan(): void {
    const clock = this.#clock;
    clock.at(clock.now() + this.#world.everyMs, () => {
      if (this.#stopped) return;
      const release = clock.hold();
      this.#turning = this.#world.step(new Date(clock.now())).finally(release);
      this.#plan();
    });
  }
}
