import type { Clock } from './clock.ts';
import { type Message, Queue } from './queue.ts';
import type { QueueResource } from './resources.ts';

/** How many messages are left in the queues of a stack. */
export interface QueueCounts {
  /** Not dealt with: they come back when their visibility timeout is over. */
  waiting: number;
  /** Given up: in the dead-letter queue of another queue. */
  poison: number;
}

/** The queues of a stack, by ARN, with the way from each to its dead-letter queue. */
export class Queues {
  readonly #queues: Map<string, Queue>;
  readonly #poison: Set<Queue>;

  /** @param until simulated milliseconds since 1970: what would come back then or later stays away */
  constructor(resources: readonly QueueResource[], clock: Clock, until: number) {
    this.#queues = new Map(resources.map((one) => [one.arn, new Queue(one, clock, until)]));
    this.#poison = new Set();
    for (const { arn, deadLetterArn } of resources) {
      if (!deadLetterArn) continue;
      this.get(arn).redriveTo(this.get(deadLetterArn));
      this.#poison.add(this.get(deadLetterArn));
    }
  }

  /** @throws Error where there is none: the template was read without a complaint */
  get(arn: string): Queue {
    const queue = this.#queues.get(arn);
    if (!queue) throw new Error(`no queue ${arn}`);
    return queue;
  }

  send(arn: string, body: string, attributes?: Message['attributes']): void {
    this.get(arn).send(body, attributes);
  }

  counts(): QueueCounts {
    const counts = { waiting: 0, poison: 0 };
    for (const queue of this.#queues.values()) {
      counts[this.#poison.has(queue) ? 'poison' : 'waiting'] += queue.length;
    }
    return counts;
  }

  /** No message comes back from now on. */
  stop(): void {
    for (const queue of this.#queues.values()) queue.stop();
  }
}
