/** Lets so many through at once; the others wait in their order. */
export class Turnstile {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(most: number) {
    this.#free = most;
  }

  /** Resolves when it is one's turn. The answer makes room for the next. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }
}
