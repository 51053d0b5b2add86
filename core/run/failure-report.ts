import { BadEvent, parseDelivery } from './delivery.ts';
import type { Failure } from './finalize.ts';
import { runError } from './run-error.ts';

/** One message of the failures queue: what SQS delivers of it. */
export interface FailureMessage {
  body: string;
  attributes: { SentTimestamp: string };
  messageAttributes: Record<string, { stringValue?: string } | undefined>;
}

/** What Lambda says of an asynchronous invocation that failed. */
interface InvocationRecord {
  timestamp: string;
  requestContext: { requestId: string; condition: string; approximateInvokeCount: number };
  requestPayload: unknown;
  /** `null`, or nothing, where the function was never called. */
  responsePayload?: { errorType?: string; errorMessage?: string } | null;
}

/**
 * Reads a message of the failures queue: Lambda's record of an invocation that failed, or an event
 * that EventBridge could not deliver.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 *
 * @throws BadEvent where it is neither
 */
export function readFailure({ body, attributes, messageAttributes }: FailureMessage): Failure {
  const content = parse(body);
  if ('requestContext' in content) return ofInvocation(content as unknown as InvocationRecord);
  const code = messageAttributes.ERROR_CODE?.stringValue;
  if (code === undefined)
    throw new BadEvent(
      'the message is neither a failed invocation nor a dead letter of EventBridge',
    );
  return {
    delivery: deliveryIn(content),
    how: 'undelivered',
    error: runError(code, messageAttributes.ERROR_MESSAGE?.stringValue ?? ''),
    at: Number(attributes.SentTimestamp),
    invocations: 0,
  };
}

function ofInvocation(record: InvocationRecord): Failure {
  const { timestamp, requestContext, requestPayload, responsePayload } = record;
  const { requestId, condition, approximateInvokeCount } = requestContext;
  const { errorType = condition, errorMessage = '' } = responsePayload ?? {};
  if (errorType === 'BadEvent') throw new BadEvent(`a function refused its event: ${errorMessage}`);
  return {
    delivery: deliveryIn(requestPayload),
    how: howOf(record),
    error: runError(errorType, errorMessage),
    at: Date.parse(timestamp),
    requestId,
    invocations: approximateInvokeCount,
  };
}

/** Lambda's own words for an end of the process; everything else was thrown by the handler. */
function howOf({ requestContext, responsePayload }: InvocationRecord): Failure['how'] {
  // Never called: it waited too long in Lambda's queue.
  if (requestContext.condition === 'EventAgeExceeded') return 'undelivered';
  const { errorType = '', errorMessage = '' } = responsePayload ?? {};
  if (errorType === 'Sandbox.Timedout' || /Task timed out after/.test(errorMessage))
    return 'timed_out';
  return errorType === '' || /^(Runtime|Sandbox|Extension)\./.test(errorType) ? 'crashed' : 'threw';
}

function deliveryIn(event: unknown) {
  const { job } = (event ?? {}) as { job?: unknown };
  return parseDelivery(event, typeof job === 'string' ? job : '');
}

function parse(body: string): object {
  try {
    const content: unknown = JSON.parse(body);
    if (typeof content === 'object' && content !== null) return content;
  } catch {
    // said below
  }
  throw new BadEvent('the message is not a JSON object');
}
