/** States, or any rows of so many numbers, one after another in one growing block of memory. */
export class StateList {
  readonly #width: number;
  #numbers: Int32Array;
  length = 0;

  constructor(width: number) {
    this.#width = width;
    this.#numbers = new Int32Array(width * 1024);
  }

  push(state: Int32Array | readonly number[]): void {
    const at = this.length * this.#width;
    if (at === this.#numbers.length) {
      const grown = new Int32Array(at * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers.set(state, at);
    this.length += 1;
  }

  /** The state itself, not a copy: valid until the next push. */
  at(index: number): Int32Array {
    const at = index * this.#width;
    return this.#numbers.subarray(at, at + this.#width);
  }
}
