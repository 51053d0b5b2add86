import type { SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../../core/operations/alert-text.ts';

/** Milliseconds, and how often the SDK tries: an API that hangs must not keep a sweep from its end. */
const PATIENCE = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const TRIES = 3;

/** Publishes to a topic. A healthy sweep has nothing to tell, so the client is loaded by the first that does. */
export class Publisher {
  readonly #topic: string;
  #client: Promise<SNSClient> | undefined;

  /** @param topic its ARN */
  constructor(topic: string) {
    this.#topic = topic;
  }

  async publish({ subject, body, attributes }: Message): Promise<void> {
    const { PublishCommand } = await import('./sns-client.ts');
    const named = Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value },
    ]);
    const command = new PublishCommand({
      TopicArn: this.#topic,
      Subject: subject,
      Message: body,
      MessageAttributes: Object.fromEntries(named),
    });
    await (await this.#connected()).send(command);
  }

  #connected(): Promise<SNSClient> {
    this.#client ??= import('./sns-client.ts').then(
      ({ SNSClient }) => new SNSClient({ maxAttempts: TRIES, requestHandler: PATIENCE }),
    );
    return this.#client;
  }
}
