import type { Timers } from '../../core/run/attempt.ts';

/** A clock that stands still until a test moves it, with the timers that hang on it. */
export class ManualTime implements Timers {
  #now: number;
  readonly #due: { at: number; callback: () => void }[] = [];

  constructor(now: string | number) {
    this.#now = new Date(now).getTime();
  }

  readonly clock = (): number => this.#now;

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#due.push(timer);
    return () => {
      const index = this.#due.indexOf(timer);
      if (index >= 0) this.#due.splice(index, 1);
    };
  }

  /** Moves the clock, calling back whatever comes due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      this.#due.sort((a, b) => a.at - b.at);
      const next = this.#due[0];
      if (!next || next.at > end) break;
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}
