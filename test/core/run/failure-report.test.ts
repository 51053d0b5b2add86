import { describe, expect, test } from 'vitest';
import { BadEvent } from '../../../core/run/delivery.ts';
import { type FailureMessage, readFailure } from '../../../core/run/failure-report.ts';

const EVENT = {
  job: 'report',
  scheduledTime: '2026-03-01T09:00:00Z',
  trigger: 'schedule',
  attempt: 1,
  payload: { daysAhead: 30 },
  executionId: 'e-1',
  scheduleArn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/punctual-dev/report',
};
const DELIVERY = {
  job: 'report',
  tick: '2026-03-01T09:00Z',
  trigger: 'schedule',
  attempt: 1,
  payload: { daysAhead: 30 },
  executionId: 'e-1',
  scheduleArn: EVENT.scheduleArn,
};

const message = (body: unknown, attributes: Record<string, string> = {}): FailureMessage => ({
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: { SentTimestamp: String(Date.parse('2026-03-01T10:00:00Z')) },
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue }]),
  ),
});

/** Lambda's record, as it is documented. */
const record = (
  responsePayload?: unknown,
  { event = EVENT as unknown, condition = 'RetriesExhausted', count = 1 } = {},
) => ({
  version: '1.0',
  timestamp: '2026-03-01T09:00:07.250Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:punctual-dev-report:$LATEST',
    condition,
    approximateInvokeCount: count,
  },
  requestPayload: event,
  ...(responsePayload !== undefined && {
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    },
    responsePayload,
  }),
});

describe('an invocation that failed', () => {
  test('is read whole', () => {
    const errorMessage = 'RequestId: e4b46cbf Error: Runtime exited with error: exit status 1';
    const responsePayload = { errorType: 'Runtime.ExitError', errorMessage };
    expect(readFailure(message(record(responsePayload, { count: 2 })))).toEqual({
      delivery: DELIVERY,
      how: 'crashed',
      error: { name: 'Runtime.ExitError', message: errorMessage },
      at: Date.parse('2026-03-01T09:00:07.250Z'),
      requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
      invocations: 2,
    });
  });

  test.each([
    ['timed_out', 'Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 3.00 seconds'],
    ['timed_out', undefined, '2026-03-01T09:00:03.000Z 1 Task timed out after 3.00 seconds'],
    [
      'crashed',
      'Runtime.ExitError',
      'RequestId: 1 Error: Runtime exited without providing a reason',
    ],
    [
      'crashed',
      'Runtime.OutOfMemory',
      'RequestId: 1 Error: Runtime exited with error: signal: killed',
    ],
    ['crashed', 'Runtime.ImportModuleError', "Error: Cannot find module 'x'"],
    ['crashed', 'Runtime.UserCodeSyntaxError', 'SyntaxError: Unexpected token'],
    ['crashed', 'Extension.Crash', 'exit status 1'],
    ['crashed', undefined, 'something else'],
    ['threw', 'StoreError', 'acquire: unavailable after 5 tries in 9000 ms; TimeoutError'],
    ['threw', 'DispatchError', 'attempt 2 of report was not scheduled'],
    ['threw', 'ReferenceError', 'x is not defined'],
  ])('%s: %s', (how, errorType, errorMessage) => {
    const failure = readFailure(message(record({ errorType, errorMessage })));
    expect(failure).toMatchObject({ how, error: { message: errorMessage } });
    expect(failure.error.name).toBe(errorType ?? 'RetriesExhausted');
  });

  test('undelivered: it waited too long in Lambda’s queue', () => {
    const aged = record(undefined, { condition: 'EventAgeExceeded', count: 0 });
    expect(readFailure(message(aged))).toMatchObject({
      how: 'undelivered',
      error: { name: 'EventAgeExceeded', message: '' },
      invocations: 0,
    });
  });

  test('of which Lambda says no more than that it failed has crashed', () => {
    expect(readFailure(message(record(null)))).toMatchObject({
      how: 'crashed',
      error: { name: 'RetriesExhausted', message: '' },
      invocations: 1,
    });
  });

  test('that was a retry is one', () => {
    const event = { ...EVENT, trigger: 'retry', attempt: 3, waitingSince: '2026-03-01T09:00:01Z' };
    const { delivery } = readFailure(message(record({ errorType: 'Error' }, { event })));
    expect(delivery).toMatchObject({ trigger: 'retry', attempt: 3 });
    expect(delivery.waitingSince).toBe('2026-03-01T09:00:01Z');
  });
});

describe('an event that EventBridge could not deliver', () => {
  test('is read whole', () => {
    const attributes = {
      ERROR_CODE: 'AWS.Scheduler.InternalServerError',
      ERROR_MESSAGE: 'The function is not there',
      EXECUTION_ID: 'e-1',
      RETRY_ATTEMPTS: '3',
    };
    expect(readFailure(message(EVENT, attributes))).toEqual({
      delivery: DELIVERY,
      how: 'undelivered',
      error: { name: 'AWS.Scheduler.InternalServerError', message: 'The function is not there' },
      at: Date.parse('2026-03-01T10:00:00Z'),
      invocations: 0,
    });
  });

  test('may say no more than its code', () => {
    expect(readFailure(message(EVENT, { ERROR_CODE: 'Gone' })).error).toEqual({
      name: 'Gone',
      message: '',
    });
  });
});

describe('poison is refused, with what is wrong', () => {
  test.each([
    ['no JSON', 'hello', /not a JSON object/],
    ['no object', '"hello"', /not a JSON object/],
    ['nothing', 'null', /not a JSON object/],
    [
      'an event that nobody says anything of',
      EVENT,
      /neither a failed invocation nor a dead letter/,
    ],
    [
      'an invocation of something else',
      record({ errorType: 'Error' }, { event: {} }),
      /has no job/,
    ],
    ['an invocation with no event', record({ errorType: 'Error' }, { event: null }), /no.* object/],
    [
      'an invocation for no time',
      record({ errorType: 'Error' }, { event: { ...EVENT, scheduledTime: 'soon' } }),
      /'soon' is no time/,
    ],
    [
      'an event that its function refused, with what that said',
      record({ errorType: 'BadEvent', errorMessage: "'trigger' is 'luck'" }),
      /a function refused its event: 'trigger' is 'luck'/,
    ],
  ])('%s', (_, body, reason) => {
    expect(() => readFailure(message(body))).toThrow(BadEvent);
    expect(() => readFailure(message(body))).toThrow(reason);
  });
});
