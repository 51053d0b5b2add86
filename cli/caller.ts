import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { DeliveryEvent } from '../core/run/delivery.ts';
import { type FailureMessage, readFailure } from '../core/run/failure-report.ts';
import type { Failure } from '../core/run/finalize.ts';
import { functionName } from '../core/run/function-name.ts';
import type { Outcome } from '../core/run/states.ts';

/** How much longer than the function may run an answer may take, in milliseconds. */
const MARGIN = 60_000;

/** What Lambda blames the caller for, and yet goes by itself. */
const PASSING = ['ResourceConflictException', 'ResourceNotReadyException'];
const TOO_MANY_REQUESTS = 429;

/** What came of a call: an outcome; a failure of which nobody else hears; nothing, where no answer came. */
export type Answer = { outcome: Outcome } | { failure: Failure } | undefined;

/** Delivers to a job's function and waits for what it answers. */
export class Caller {
  readonly #client: LambdaClient;
  readonly #functions: string;

  /**
   * @param functions what the names of the jobs' functions begin with
   * @param timeout of the function, in milliseconds
   * @param atOnce how many calls are under way at once
   */
  constructor(functions: string, timeout: number, atOnce: number) {
    this.#functions = functions;
    this.#client = new LambdaClient({
      maxAttempts: 5,
      requestHandler: {
        connectionTimeout: 5_000,
        socketTimeout: timeout + MARGIN,
        httpsAgent: { keepAlive: true, maxSockets: atOnce },
      },
    });
  }

  /**
   * @param now the cloud's, in milliseconds since 1970: asked once it has answered
   * @throws BadEvent where the function refuses the event
   */
  async call(event: DeliveryEvent, now: () => Promise<number>): Promise<Answer> {
    const command = new InvokeCommand({
      FunctionName: functionName(this.#functions, event.job),
      Payload: JSON.stringify(event),
    });
    const answer = await this.#client.send(command).catch((error) => {
      if (isHopeless(error)) throw error;
      return undefined;
    });
    if (!answer) return undefined;
    const payload = answer.Payload ? JSON.parse(Buffer.from(answer.Payload).toString()) : null;
    if (answer.FunctionError === undefined) return { outcome: payload };
    const { requestId = '' } = answer.$metadata;
    return { failure: readFailure(recordOf(event, requestId, payload, await now())) };
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Whether it will come again however often it is tried: the caller's mistake, or no credentials to call with. */
function isHopeless({ name, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }) {
  const status = $metadata?.httpStatusCode ?? 0;
  const isOurs = status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS;
  return name === 'CredentialsProviderError' || (isOurs && !PASSING.includes(name));
}

/** What Lambda would have told the queue of failures, had nobody waited for the answer. */
function recordOf(
  requestPayload: DeliveryEvent,
  requestId: string,
  responsePayload: unknown,
  now: number,
): FailureMessage {
  const record = {
    timestamp: new Date(now).toISOString(),
    requestContext: { requestId, condition: 'RetriesExhausted', approximateInvokeCount: 1 },
    requestPayload,
    responsePayload,
  };
  const attributes = { SentTimestamp: String(now) };
  return { body: JSON.stringify(record), attributes, messageAttributes: {} };
}
