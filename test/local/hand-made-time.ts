import type { RealTime } from '../../local/real-time.ts';

/** Real time that passes only when the test says so. */
export class HandMadeTime implements RealTime {
  #now = 1_000_000;
  #wakes: Array<{ time: number; then: () => void }> = [];

  now(): number {
    return this.#now;
  }

  wake(ms: number, then: () => void): () => void {
    const wake = { time: this.#now + ms, then };
    this.#wakes.push(wake);
    return () => {
      this.#wakes = this.#wakes.filter((other) => other !== wake);
    };
  }

  /** Lets so much of it pass, waking on the way what wants to be woken. */
  pass(ms: number): void {
    const until = this.#now + ms;
    while (this.#wakeNext(until)) {
      // each may want to be woken again
    }
    this.#now = until;
  }

  /** Lets it pass without waking anybody, as a process does that has no time for its timers. */
  beBusy(ms: number): void {
    this.#now += ms;
  }

  /** Wakes one after another, without a bound, and lets promises settle between them. */
  async passAll(): Promise<void> {
    await settledPromises();
    while (this.#wakeNext(Number.POSITIVE_INFINITY)) await settledPromises();
  }

  #wakeNext(until: number): boolean {
    this.#wakes.sort((a, b) => a.time - b.time);
    const next = this.#wakes[0];
    if (!next || next.time > until) return false;
    this.#wakes.shift();
    this.#now = Math.max(this.#now, next.time);
    next.then();
    return true;
  }
}

/** Everything that waits only for promises has gone on. */
function settledPromises(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
