import type { Invocation } from './async-invoker.ts';

/** Why Lambda gave an asynchronous invocation up. */
export type Condition = 'RetriesExhausted' | 'EventAgeExceeded';

/** What Lambda sends to the on-failure destination of an asynchronous invocation. */
export function failureRecord(
  { event, requestId, finishedAt, answer }: Invocation,
  functionArn: string,
  condition: Condition,
  invokeCount: number,
) {
  return {
    version: '1.0',
    timestamp: new Date(finishedAt).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: invokeCount,
    },
    requestPayload: event,
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    },
    responsePayload: 'error' in answer ? answer.error : answer.payload,
  };
}
