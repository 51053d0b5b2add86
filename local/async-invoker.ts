import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Answer } from './environment.ts';
import type { LocalFunction } from './function.ts';

/** How long Lambda waits before it runs a failed invocation again, and again. */
const RETRY_AFTER_MS = [60_000, 120_000];

/** One asynchronous invocation that has been answered. */
export interface Invocation {
  event: unknown;
  requestId: string;
  /** Simulated milliseconds since 1970. */
  startedAt: number;
  finishedAt: number;
  answer: Answer;
}

/**
 * Lambda's asynchronous invocation: what throws or dies is run again as often as the stack's
 * EventInvokeConfig allows, after one and then two minutes, under the same request id.
 */
export class AsyncInvoker {
  readonly #clock: Clock;
  readonly #heard: (invocation: Invocation, functionName: string) => void;
  readonly #stopped = new AbortController();

  /** @param heard told of every answer, those included that will be retried */
  constructor(clock: Clock, heard: (invocation: Invocation, functionName: string) => void) {
    this.#clock = clock;
    this.#heard = heard;
  }

  /** Resolves once nothing will follow for this event any more. */
  async invoke(fn: Pick<LocalFunction, 'resource' | 'invoke'>, event: unknown): Promise<void> {
    const requestId = randomUUID();
    for (let retry = 0; ; retry += 1) {
      const startedAt = this.#clock.now();
      const answer = await fn.invoke(event, requestId);
      const finishedAt = this.#clock.now();
      this.#heard({ event, requestId, startedAt, finishedAt, answer }, fn.resource.name);
      if (!('error' in answer) || retry >= fn.resource.asyncRetries) return;
      if (!(await this.#clock.wait(RETRY_AFTER_MS[retry] ?? 0, this.#stopped.signal))) return;
    }
  }

  /** No retry starts from now on; what runs is let finish. */
  stop(): void {
    this.#stopped.abort();
  }
}
