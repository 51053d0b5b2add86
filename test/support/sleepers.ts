/**
 * Lets those who sleep wake one by one, in the order of their times, each once all others sleep or
 * have ended: pauses have their effect, and no test waits for them.
 */
export class Sleepers {
  readonly #asleep: { until: number; wake: () => void }[] = [];
  #awake: number;
  #now = 0;
  #last = 1;

  /** @param awake how many there are */
  constructor(awake: number) {
    this.#awake = awake;
  }

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#asleep.push({ until: this.#now + ms, wake });
      this.rest();
    });

  /** The same numbers each time. */
  readonly random = (): number => {
    this.#last = (this.#last * 48_271) % 2_147_483_647;
    return this.#last / 2_147_483_647;
  };

  /** One of those that were awake is not any more. */
  readonly rest = (): void => {
    this.#awake -= 1;
    if (this.#awake > 0) return;
    const next = this.#asleep.sort((a, b) => a.until - b.until).shift();
    if (!next) return;
    this.#now = next.until;
    this.#awake = 1;
    next.wake();
  };
}
