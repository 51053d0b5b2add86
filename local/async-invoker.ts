import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Answer } from './environment.ts';
import { type Condition, failureRecord } from './failure-record.ts';
import type { LocalFunction } from './function.ts';

/** How long Lambda waits before it runs a failed invocation again, and again. */
const RETRY_AFTER_MS = [60_000, 120_000];

/** One invocation that has been answered. */
export interface Invocation {
  event: unknown;
  requestId: string;
  /** Simulated milliseconds since 1970. */
  startedAt: number;
  finishedAt: number;
  answer: Answer;
}

type Invoked = Pick<LocalFunction, 'resource' | 'invoke'>;

export interface InvokerSetup {
  clock: Clock;
  /** Told of every answer, those included that will be retried. */
  heard(invocation: Invocation, functionName: string): void;
  /** Sends to an on-failure destination; `body` is JSON. */
  send(destinationArn: string, body: string): void;
}

/**
 * Lambda's asynchronous invocation: what throws or dies is run again as often as the stack's
 * EventInvokeConfig allows, after one and then two minutes, under the same request id. What has
 * failed for good, or would be older than allowed, is told to the on-failure destination.
 */
export class AsyncInvoker {
  readonly #setup: InvokerSetup;
  readonly #stopped = new AbortController();

  constructor(setup: InvokerSetup) {
    this.#setup = setup;
  }

  /** Resolves once nothing will follow for this event any more. */
  async invoke(fn: Invoked, event: unknown): Promise<void> {
    const { clock } = this.#setup;
    const { asyncRetries, maximumEventAgeSeconds } = fn.resource;
    const requestId = randomUUID();
    const tooOld = clock.now() + maximumEventAgeSeconds * 1_000;
    for (let retry = 0; ; retry += 1) {
      const invocation = await this.#once(fn, event, requestId);
      if (!('error' in invocation.answer)) return;
      const wait = RETRY_AFTER_MS[retry] ?? 0;
      const exhausted = retry >= asyncRetries;
      if (exhausted || clock.now() + wait > tooOld) {
        const why = exhausted ? 'RetriesExhausted' : 'EventAgeExceeded';
        this.#giveUp(fn, invocation, why, retry + 1);
        return;
      }
      if (!(await clock.wait(wait, this.#stopped.signal))) return;
    }
  }

  /** Lambda's synchronous invocation: once, and whoever asked hears what came of it. */
  async invokeAndWait(fn: Invoked, event: unknown, requestId = randomUUID()): Promise<Answer> {
    const { answer } = await this.#once(fn, event, requestId);
    return answer;
  }

  /** No retry starts from now on; what runs is let finish. */
  stop(): void {
    this.#stopped.abort();
  }

  async #once(fn: Invoked, event: unknown, requestId: string): Promise<Invocation> {
    const { clock, heard } = this.#setup;
    const startedAt = clock.now();
    const answer = await fn.invoke(event, requestId);
    const invocation = { event, requestId, startedAt, finishedAt: clock.now(), answer };
    heard(invocation, fn.resource.name);
    return invocation;
  }

  #giveUp({ resource }: Invoked, invocation: Invocation, why: Condition, count: number): void {
    if (!resource.onFailureArn) return;
    const record = failureRecord(invocation, resource.arn, why, count);
    this.#setup.send(resource.onFailureArn, JSON.stringify(record));
  }
}
