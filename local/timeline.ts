/** One thing to do at one simulated time. */
export interface Entry {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly action: () => void;
}

/** What is to be done and when, soonest first; what is due at the same time stays in its order. */
export class Timeline {
  // A binary heap: the parent of i is at (i - 1) >> 1, and never later than its children.
  readonly #heap: Array<Entry & { order: number }> = [];
  #added = 0;

  first(): Entry | undefined {
    return this.#heap[0];
  }

  add(entry: Entry): Entry {
    const added = { ...entry, order: this.#added++ };
    this.#heap.push(added);
    this.#rise(this.#heap.length - 1);
    return added;
  }

  /** Takes an entry out; one that is no longer there is no error. */
  remove(entry: Entry): void {
    const at = this.#heap.indexOf(entry as Entry & { order: number });
    if (at < 0) return;
    const last = this.#heap.pop();
    if (last === undefined || at === this.#heap.length) return;
    this.#heap[at] = last;
    this.#sink(this.#rise(at));
  }

  #before(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (!left || !right) return left !== undefined;
    return left.time - right.time < 0 || (left.time === right.time && left.order < right.order);
  }

  #swap(a: number, b: number): number {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left && right) [this.#heap[a], this.#heap[b]] = [right, left];
    return b;
  }

  #rise(from: number): number {
    let at = from;
    for (let parent = (at - 1) >> 1; at > 0 && this.#before(at, parent); parent = (at - 1) >> 1) {
      at = this.#swap(at, parent);
    }
    return at;
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = this.#before(right, left) ? right : left;
      if (child >= this.#heap.length || !this.#before(child, at)) return;
      at = this.#swap(at, child);
    }
  }
}
