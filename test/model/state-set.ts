/**
 * A set of states, each kept as a 64-bit hash: a JavaScript Set ends at 16 million entries and
 * takes ten times the memory. Two states of one hash would be taken for one; among 20 million that
 * happens somewhere with a chance of about one in 90,000.
 */
export class StateSet {
  #high = new Uint32Array(2 ** 16);
  #low = new Uint32Array(2 ** 16);
  size = 0;

  /** Adds a state; false where it was there. */
  add(state: Int32Array): boolean {
    let high = 0x811c9dc5;
    let low = 0x9e3779b9;
    for (const value of state) {
      high = Math.imul(high ^ value, 0x85ebca6b);
      high ^= high >>> 13;
      low = Math.imul(low + value, 0xc2b2ae35) ^ high;
      low = (low << 15) | (low >>> 17);
    }
    // 0 marks an empty place.
    return this.#insert(mix(high ^ low) || 1, mix(low + 0x27d4eb2f));
  }

  #insert(high: number, low: number): boolean {
    const mask = this.#high.length - 1;
    let place = low & mask;
    while (this.#high[place] !== 0) {
      if (this.#high[place] === high && this.#low[place] === low) return false;
      place = (place + 1) & mask;
    }
    this.#high[place] = high;
    this.#low[place] = low;
    this.size += 1;
    if (this.size * 3 > this.#high.length * 2) this.#grow();
    return true;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    this.size = 0;
    high.forEach((value, i) => {
      if (value !== 0) this.#insert(value, low[i] as number);
    });
  }
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
