import { totalmem } from 'node:os';
import type { Environment } from './environment.ts';

/** Megabytes of its own that the process of a small function takes between its runs, as measured: 22. */
const PROCESS_MB = 24;

/** As many processes as fill half of this machine's memory: a fleet of a thousand functions would fill it all. */
const MOST = Math.floor(totalmem() / 2 ** 20 / 2 / PROCESS_MB);

type Member = Pick<Environment, 'invocations' | 'ended' | 'stop'>;

/**
 * The live processes of all functions together. Where there are too many, idle ones are stopped, as Lambda
 * does: what they printed is in the log by then, and what they sent has been answered.
 *
 * The one that ran least often goes first, and of those the one that became idle last. The longest idle one
 * would be the wrong one: what comes at regular times goes then, each time, just before its time comes.
 */
export class Pool {
  readonly #most: number;
  readonly #live = new Set<Member>();
  /** Longest idle first. */
  readonly #idle = new Set<Member>();

  /** @param most where that many are busy there may be more, since Lambda starts as many as are needed */
  constructor(most = MOST) {
    this.#most = most;
  }

  /** A new one, busy from the start. */
  add(member: Member): void {
    this.#live.add(member);
    void member.ended.then(() => this.#forget(member));
    this.#trim();
  }

  /** It has nothing to do, and may be stopped from now on. */
  rest(member: Member): void {
    this.#idle.add(member);
    this.#trim();
  }

  /** It has something to do. */
  wake(member: Member): void {
    this.#idle.delete(member);
  }

  #trim(): void {
    while (this.#live.size > this.#most && this.#idle.size > 0) {
      const least = [...this.#idle].reduce((a, b) => (b.invocations <= a.invocations ? b : a));
      this.#forget(least);
      void least.stop();
    }
  }

  #forget(member: Member): void {
    this.#live.delete(member);
    this.#idle.delete(member);
  }
}
