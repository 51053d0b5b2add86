import { type RealTime, realTime } from './real-time.ts';
import { Timeline } from './timeline.ts';

/**
 * The simulated clock. While anything is held (a function runs) simulated time passes at real
 * speed; only while nothing runs does it pass `speed` times faster, or jump to the next event at
 * `Infinity`. A run therefore never looks longer than it was, and no lease and no timeout expires
 * falsely, at any speed.
 */
export class Clock {
  readonly #speed: number;
  readonly #real: RealTime;
  readonly #timeline = new Timeline();
  /** The simulated and the real time at which the pace last changed. */
  #anchor: { simulated: number; real: number };
  #holds = 0;
  #running = false;
  #cancelWake: (() => void) | undefined;

  /**
   * A clock that stands at `start` until it is started.
   *
   * @param start milliseconds since 1970
   * @param speed simulated per real time while nothing is held; `Infinity` jumps
   */
  constructor(start: number, speed: number, real: RealTime = realTime) {
    this.#speed = speed;
    this.#real = real;
    this.#anchor = { simulated: start, real: real.now() };
  }

  /** The simulated time in whole milliseconds since 1970. It never goes back. */
  now(): number {
    const pace = this.#pace();
    if (!Number.isFinite(pace)) return this.#anchor.simulated;
    const passed = Math.max(0, this.#real.now() - this.#anchor.real);
    const time = Math.floor(this.#anchor.simulated + passed * pace);
    if (this.#holds > 0) return time;
    // While nothing runs it waits for what is due: a busy machine that fires late would at a high
    // speed be minutes late, and deliveries would misfire that were on time.
    const next = this.#timeline.first()?.time ?? time;
    return Math.max(this.#anchor.simulated, Math.min(time, next));
  }

  /** What to add to the real time to get the simulated one: constant while anything is held. */
  offset(): number {
    return this.#anchor.simulated - this.#anchor.real;
  }

  /** Does `action` at a simulated time, or as soon as possible where that is past. The answer calls it off. */
  at(time: number, action: () => void): () => void {
    const entry = this.#timeline.add({ time, action });
    if (this.#timeline.first() === entry) this.#plan();
    return () => this.#timeline.remove(entry);
  }

  /** Resolves once the simulated time is this; never for `Infinity`. */
  reached(time: number): Promise<void> {
    return new Promise((resolve) => {
      if (Number.isFinite(time)) this.at(time, resolve);
    });
  }

  /** Resolves to true after so many simulated milliseconds, to false as soon as the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const aborted = () => {
        cancel();
        resolve(false);
      };
      const cancel = this.at(this.now() + ms, () => {
        signal.removeEventListener('abort', aborted);
        resolve(true);
      });
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Lets simulated time pass at real speed until the answer is called. */
  hold(): () => void {
    if (this.#holds === 0) this.#setAnchor();
    this.#holds += 1;
    if (this.#holds === 1) this.#plan();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (this.#holds === 1) this.#setAnchor();
      this.#holds -= 1;
      if (this.#holds === 0) this.#plan();
    };
  }

  start(): void {
    this.#setAnchor();
    this.#running = true;
    this.#plan();
  }

  /** Stands still from now on: no event happens any more. */
  stop(): void {
    this.#setAnchor();
    this.#running = false;
    this.#plan();
  }

  #pace(): number {
    if (!this.#running) return 0;
    return this.#holds > 0 ? 1 : this.#speed;
  }

  #setAnchor(): void {
    this.#anchorAt(this.now());
  }

  #anchorAt(simulated: number): void {
    this.#anchor = {
      simulated: Math.max(this.#anchor.simulated, simulated),
      real: this.#real.now(),
    };
  }

  #plan(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    const next = this.#timeline.first();
    if (!next || !this.#running) return;
    const wait = Math.max(0, next.time - this.now()) / this.#pace();
    this.#cancelWake = this.#real.wake(wait, () => this.#happen());
  }

  #happen(): void {
    this.#jump();
    for (let next = this.#timeline.first(); next; next = this.#timeline.first()) {
      if (!this.#running || next.time > this.now()) break;
      if (this.#holds === 0) this.#anchorAt(next.time);
      this.#timeline.remove(next);
      next.action();
    }
    this.#plan();
  }

  /** With nothing held at `Infinity`, the present moves to the next event. */
  #jump(): void {
    if (Number.isFinite(this.#pace())) return;
    this.#anchorAt(this.#timeline.first()?.time ?? this.#anchor.simulated);
  }
}
