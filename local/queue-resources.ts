import { fail, type Properties, type TemplateReader } from './template-reader.ts';

export interface QueueResource {
  name: string;
  arn: string;
  /** How long a received message is hidden. */
  visibilitySeconds: number;
  /** Where it goes instead of coming back, once it was received so often. */
  deadLetterArn?: string;
  maxReceiveCount?: number;
}

/** A queue that a function reads. */
export interface EventSourceResource {
  queueArn: string;
  functionName: string;
  /** How many messages it hands over at once, at most. */
  batchSize: number;
  /** Whether the function may say which messages of a batch it failed for. */
  partial: boolean;
}

/** SQS's defaults. */
const VISIBILITY_SECONDS = 30;
const BATCH_SIZE = 10;

/** @throws Problem where a queue's dead letters go to no queue of the stack */
export function queuesOf(reader: TemplateReader): QueueResource[] {
  const queues = reader.of('AWS::SQS::Queue').map(({ id, name, arn, properties }) => {
    // CloudFormation takes it as an object, and as JSON.
    const redrive = textAsJson(properties.RedrivePolicy);
    return {
      id,
      name,
      arn,
      visibilitySeconds: properties.VisibilityTimeout ?? VISIBILITY_SECONDS,
      ...(redrive && {
        deadLetterArn: redrive.deadLetterTargetArn as string,
        maxReceiveCount: Number(redrive.maxReceiveCount),
      }),
    };
  });
  return queues.map(({ id, ...queue }) => {
    if (queue.deadLetterArn) requireQueue(id, 'its dead letters go', queue.deadLetterArn, queues);
    return queue;
  });
}

/**
 * The queues that functions read.
 *
 * @param functionNamed the name of the function that a name or an ARN stands for
 * @throws Problem where the source is no queue of the stack, or Lambda would refuse it
 */
export function eventSourcesOf(
  reader: TemplateReader,
  queues: readonly QueueResource[],
  functionNamed: (reference: string) => { name: string; timeoutSeconds: number } | undefined,
): EventSourceResource[] {
  return reader
    .of('AWS::Lambda::EventSourceMapping')
    .map(({ id, properties }) => {
      const { EventSourceArn, FunctionName, BatchSize, FunctionResponseTypes = [] } = properties;
      const { visibilitySeconds } = requireQueue(id, 'it listens', EventSourceArn, queues);
      const fn =
        functionNamed(FunctionName) ?? fail(id, `${FunctionName} is no function of the stack`);
      if (visibilitySeconds < fn.timeoutSeconds) {
        fail(
          id,
          `the queue's visibility timeout (${visibilitySeconds} seconds) is less than the function's timeout (${fn.timeoutSeconds}), which Lambda refuses`,
        );
      }
      return {
        enabled: properties.Enabled !== false,
        queueArn: EventSourceArn,
        functionName: fn.name,
        batchSize: BatchSize ?? BATCH_SIZE,
        partial: FunctionResponseTypes.includes('ReportBatchItemFailures'),
      };
    })
    .filter(({ enabled }) => enabled)
    .map(({ enabled: _, ...source }) => source);
}

/** @throws Problem where an ARN is that of no queue of the stack */
export function requireQueue<Q extends { arn: string }>(
  id: string,
  what: string,
  arn: string,
  queues: readonly Q[],
): Q {
  const queue = queues.find((one) => one.arn === arn);
  return queue ?? fail(id, `${what} to ${arn}, which is no queue of the stack`);
}

function textAsJson(value: unknown): Properties | undefined {
  return typeof value === 'string' ? JSON.parse(value) : (value as Properties | undefined);
}
