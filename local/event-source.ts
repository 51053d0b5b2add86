import { createHash, randomUUID } from 'node:crypto';
import type { Invocation } from './async-invoker.ts';
import type { Clock } from './clock.ts';
import type { Answer } from './environment.ts';
import type { LocalFunction } from './function.ts';
import type { OpenWork } from './open-work.ts';
import type { Message, Queue } from './queue.ts';
import { REGION } from './resolve.ts';
import type { EventSourceResource } from './resources.ts';

/** With how many batches at once Lambda begins to read a queue. */
const BATCHES_AT_ONCE = 5;

export interface EventSourceSetup {
  resource: EventSourceResource;
  queue: Queue;
  fn: Pick<LocalFunction, 'resource' | 'invoke'>;
  clock: Clock;
  open: OpenWork;
  heard: (invocation: Invocation, functionName: string) => void;
}

/**
 * Lambda's event source mapping from a queue: hands batches of messages to a function, at once
 * when there are some. What the function did not fail for is deleted; the rest comes back when its
 * visibility timeout is over.
 */
export class EventSource {
  readonly #setup: EventSourceSetup;
  #running = 0;
  #woken = false;

  constructor(setup: EventSourceSetup) {
    this.#setup = setup;
    setup.queue.onReady(() => this.#wake());
  }

  /** What is sent at the same moment goes into the same batch: it looks once all of it is there. */
  #wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    const { clock, open } = this.#setup;
    open.add(
      new Promise<void>((resolve) => {
        clock.at(clock.now(), () => {
          this.#woken = false;
          // At once: a function that runs holds the clock, and until then it may go on.
          this.#read();
          resolve();
        });
      }),
    );
  }

  #read(): void {
    const { queue, open, resource } = this.#setup;
    while (this.#running < BATCHES_AT_ONCE) {
      const batch = queue.receive(resource.batchSize);
      if (batch.length === 0) return;
      this.#running += 1;
      open.add(
        this.#deliver(batch).finally(() => {
          this.#running -= 1;
          this.#read();
        }),
      );
    }
  }

  async #deliver(batch: Message[]): Promise<void> {
    const { clock, fn, heard, queue, resource } = this.#setup;
    const event = { Records: batch.map((message) => recordOf(message, resource.queueArn)) };
    const requestId = randomUUID();
    const startedAt = clock.now();
    const answer = await fn.invoke(event, requestId);
    heard({ event, requestId, startedAt, finishedAt: clock.now(), answer }, fn.resource.name);
    const failed = failedOf(answer, batch, resource.partial);
    for (const { id } of batch) if (!failed.has(id)) queue.delete(id);
  }
}

/** A message as Lambda hands it over. */
function recordOf(message: Message, queueArn: string) {
  const { id, body, attributes, sentAt, firstReceivedAt, received } = message;
  return {
    messageId: id,
    receiptHandle: `${id}#${received}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(received),
      SentTimestamp: String(sentAt),
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [
        name,
        { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
      ]),
    ),
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}

/** The messages that a function failed for: all, where its answer can not be read, as Lambda has it. */
function failedOf(answer: Answer, batch: Message[], partial: boolean): Set<string> {
  const all = new Set(batch.map(({ id }) => id));
  if ('error' in answer) return all;
  const { batchItemFailures } = (answer.payload ?? {}) as { batchItemFailures?: unknown };
  if (!partial || batchItemFailures === undefined || batchItemFailures === null) return new Set();
  if (!Array.isArray(batchItemFailures)) return all;
  const failed = batchItemFailures.map((failure) => failure?.itemIdentifier);
  return failed.every((id) => all.has(id)) ? new Set(failed) : all;
}
