import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { QueueResource } from './resources.ts';

/** One message of a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** Text only: name -> value. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Simulated milliseconds since 1970. */
  readonly sentAt: number;
  firstReceivedAt?: number;
  /** How often it was received. */
  received: number;
}

/**
 * An SQS queue: who receives a message hides it from the others for the visibility timeout and
 * deletes it when it is done. What is not deleted in time comes back, and goes to the queue's own
 * dead-letter queue instead where it was received too often.
 */
export class Queue {
  readonly resource: QueueResource;
  readonly #clock: Clock;
  readonly #until: number;
  #deadLetters: Queue | undefined;
  #listener: () => void = () => {};
  #ready: Message[] = [];
  /** Received and not deleted, by id, with how to call off their coming back. */
  readonly #hidden = new Map<string, { message: Message; cancel: () => void }>();
  #stopped = false;

  /** @param until simulated milliseconds since 1970: what would come back then or later stays away */
  constructor(resource: QueueResource, clock: Clock, until = Number.POSITIVE_INFINITY) {
    this.resource = resource;
    this.#clock = clock;
    this.#until = until;
  }

  /** How many messages there are, hidden ones included. */
  get length(): number {
    return this.#ready.length + this.#hidden.size;
  }

  /** Where it puts what was received too often. */
  redriveTo(queue: Queue): void {
    this.#deadLetters = queue;
  }

  /** Calls `listener` whenever there is something to receive that was not there before. */
  onReady(listener: () => void): void {
    this.#listener = listener;
  }

  send(body: string, attributes: Message['attributes'] = {}): void {
    this.#take({ id: randomUUID(), body, attributes, sentAt: this.#clock.now(), received: 0 });
  }

  /** The oldest messages there are, at most so many; they are hidden from now on. */
  receive(most: number): Message[] {
    const now = this.#clock.now();
    const messages = this.#ready.splice(0, most);
    for (const message of messages) {
      message.received += 1;
      message.firstReceivedAt ??= now;
      this.#hide(message, now + this.resource.visibilitySeconds * 1_000);
    }
    return messages;
  }

  /** Its receiver is done with it. A message that is no longer there is no error. */
  delete(id: string): void {
    this.#hidden.get(id)?.cancel();
    this.#hidden.delete(id);
    // It may have come back meanwhile.
    this.#ready = this.#ready.filter((message) => message.id !== id);
  }

  /** No message comes back from now on. */
  stop(): void {
    this.#stopped = true;
    for (const { cancel } of this.#hidden.values()) cancel();
  }

  #take(message: Message): void {
    this.#ready.push(message);
    this.#listener();
  }

  #hide(message: Message, until: number): void {
    const stays = this.#stopped || until >= this.#until;
    const cancel = stays ? () => {} : this.#clock.at(until, () => this.#return(message));
    this.#hidden.set(message.id, { message, cancel });
  }

  #return(message: Message): void {
    this.#hidden.delete(message.id);
    const { maxReceiveCount = Number.POSITIVE_INFINITY } = this.resource;
    if (this.#deadLetters && message.received >= maxReceiveCount) this.#deadLetters.#take(message);
    else this.#take(message);
  }
}
