import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DynamoLedger } from '../../../core/ledger/dynamodb.ts';
import type { Schedules } from '../../../core/schedule/settings.ts';
import { nobodysEndpoint } from '../../support/bad-store.ts';
import type { ManualTime } from '../../support/manual-timers.ts';
import { type Aws, refusing } from '../aws.ts';
import { contextOf, JOB, type Printed } from '../lambda.ts';
import { type Bench, startBench } from './bench.ts';

const START = Date.parse('2026-03-01T09:05:00Z');
const TICK = '2026-03-01T09:05Z';

let ledger: DynamoLedger;
let printed: Printed;
let time: ManualTime;
let aws: Aws;
let bench: Bench;
beforeEach(async () => {
  bench = await startBench(START);
  ({ ledger, printed, time, aws } = bench);
});

/** A batch of a cold start. */
async function finalizes(
  bodies: unknown[],
  {
    attributes = {},
    endpoint,
    tries = 1,
    list = { [JOB]: { every: '5 minutes' } } as Schedules,
  }: { attributes?: object; endpoint?: string; tries?: number; list?: Schedules } = {},
): Promise<SQSBatchResponse> {
  bench.deploy(list, endpoint);
  const { handler } = await import('../../../functions/operator/finalizer.ts');
  const records = bodies.map((body, i) => ({
    messageId: `message-${i}`,
    receiptHandle: `receipt-${i}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { SentTimestamp: String(time.clock()), ApproximateReceiveCount: String(tries) },
    messageAttributes: attributes,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:punctual-dev-failures',
  }));
  return handler({ Records: records } as unknown as SQSEvent, contextOf('finalizer', 30_000));
}

const event = (more = {}) => ({
  job: JOB,
  scheduledTime: '2026-03-01T09:05:00Z',
  trigger: 'schedule',
  attempt: 1,
  ...more,
});

const failed = (
  requestId: string,
  errorType = 'Runtime.ExitError',
  { count = 1, requestPayload = event() as unknown } = {},
) => ({
  version: '1.0',
  timestamp: new Date(time.clock()).toISOString(),
  requestContext: { requestId, condition: 'RetriesExhausted', approximateInvokeCount: count },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType, errorMessage: 'exit status 1' },
});

const row = () => ledger.readRun(JOB, TICK);
const values = ({ _aws, ...rest }: Record<string, unknown>) => rest;

test('a process that died: its row, its lock, its retry, and one line', async () => {
  const requestId = await bench.jobOf(JOB).dies(TICK);
  bench.pass(1);
  expect(await finalizes([failed(requestId)])).toEqual({ batchItemFailures: [] });
  expect(await row()).toMatchObject({
    status: 'crashed',
    error: { name: 'Runtime.ExitError', message: 'exit status 1' },
    retryAt: '2026-03-01T09:07:00.000Z',
  });
  expect((await ledger.readLock(JOB))?.holders).toEqual({});
  expect(aws.requests).toMatchObject([
    { method: 'POST', body: { ScheduleExpression: 'at(2026-03-01T09:07:00)' } },
  ]);
  expect(printed.saying('delivery crashed')).toMatchObject([{ job: JOB, tick: TICK, requestId }]);
  expect(printed.saying('run crashed')).toMatchObject([{ level: 'ERROR', job: JOB, tick: TICK }]);
  expect(printed.metrics.map(values)).toMatchObject([{ job: JOB, Crashed: 1 }]);
});

test('a dead letter of EventBridge: missed; people hear of it from the sweeper', async () => {
  const attributes = {
    ERROR_CODE: { stringValue: 'AWS.Scheduler.InternalServerError', dataType: 'String' },
    ERROR_MESSAGE: { stringValue: 'the function is not there', dataType: 'String' },
  };
  expect(await finalizes([event()], { attributes })).toEqual({ batchItemFailures: [] });
  const error = {
    name: 'AWS.Scheduler.InternalServerError',
    message: 'the function is not there',
  };
  expect(await row()).toMatchObject({ status: 'missed', reason: 'not_delivered', error });
  expect(printed.lines.filter(({ alert }) => alert)).toEqual([]);
  expect(await bench.sweep({ [JOB]: { every: '5 minutes' } })).toMatchObject({ told: 1 });
  expect(aws.published).toMatchObject([
    { body: { Subject: `[punctual-dev] ${JOB} missed a tick` } },
  ]);
  expect(printed.metrics.map(values)).toMatchObject([{ job: JOB, Missed: 1 }, { Alerts: 1 }]);
});

test('an event for a function that went when the jobs moved to a fleet is delivered where its job is now', async () => {
  const arn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
  const letter = (target: string) => ({
    ERROR_CODE: { stringValue: 'AWS.Lambda.ResourceNotFoundException', dataType: 'String' },
    TARGET_ARN: { stringValue: arn(target), dataType: 'String' },
  });
  const retry = event({ trigger: 'retry', attempt: 3 });
  await finalizes([retry], { attributes: letter(`punctual-dev-fleet32-${JOB}`) });
  expect(await row()).toBeUndefined();
  const [asked] = aws.requests;
  expect(asked).toMatchObject({
    path: expect.stringContaining(`/functions/punctual-dev-${JOB}/invocations`),
    body: { job: JOB, scheduledTime: TICK, trigger: 'retry', attempt: 3 },
  });
  // Where that is the job's own function there is no other to turn to.
  await finalizes([event()], { attributes: letter(`punctual-dev-${JOB}`) });
  expect(await row()).toMatchObject({ status: 'missed', reason: 'not_delivered' });
});

test('a message that can not be read, or not yet closed, comes again; the others are done', async () => {
  const requestId = await bench.jobOf(JOB).dies(TICK);
  bench.pass(1);
  const other = event({ scheduledTime: '2026-03-01T09:00:00Z' });
  const answer = await finalizes([
    'hello',
    failed('r-other', 'ReferenceError', { requestPayload: other }),
    failed('r-bad', 'BadEvent', { requestPayload: event({ scheduledTime: 'soon' }) }),
    failed('r-refused', 'BadEvent', { requestPayload: event({ job: JOB, attempt: 9 }) }),
    failed(requestId, 'Runtime.ExitError', { count: 2 }),
  ]);
  const again = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  expect(again.sort()).toEqual(['message-0', 'message-2', 'message-3', 'message-4']);
  expect(await ledger.readRun(JOB, '2026-03-01T09:00Z')).toMatchObject({ status: 'crashed' });
  expect(await row()).toBeUndefined();
  const said = printed.saying('failure not closed').map(({ messageId, kind }) => [messageId, kind]);
  expect(said.sort()).toEqual([
    ['message-0', 'BadEvent'],
    ['message-2', 'BadEvent'],
    ['message-3', 'BadEvent'],
    ['message-4', 'NotYet'],
  ]);
});

test("a job of a pool is closed by the limits of its pool, and tried again by the pool's function", async () => {
  const list: Schedules = {
    'sync@a': { every: '5 minutes', pool: 'sync' },
    'sync@b': { every: '10 minutes', pool: 'sync' },
  };
  const requestPayload = event({ job: 'sync@b', scheduledTime: '2026-03-01T09:00:00Z' });
  const dead = failed('r-1', 'Runtime.ExitError', { requestPayload });
  expect(await finalizes([dead], { list })).toEqual({ batchItemFailures: [] });
  const row = await ledger.readRun('sync@b', '2026-03-01T09:00Z');
  expect(row).toMatchObject({ status: 'crashed', retryAt: expect.any(String) });
  expect(aws.requests).toMatchObject([
    { body: { Target: { Arn: expect.stringMatching(/:function:punctual-dev-sync$/) } } },
  ]);
});

test('all of a batch failing is an answer, too: nothing is thrown', async () => {
  const answer = await finalizes(['hello', 'hello']);
  expect(answer.batchItemFailures).toHaveLength(2);
});

test('a store that is away: the message comes again, and then does its work', async () => {
  const requestId = await bench.jobOf(JOB).dies(TICK);
  bench.pass(1);
  const endpoint = await nobodysEndpoint();
  expect(await finalizes([failed(requestId)], { endpoint })).toMatchObject({
    batchItemFailures: [{ itemIdentifier: 'message-0' }],
  });
  expect(printed.saying('failure not closed')).toMatchObject([{ kind: 'StoreError' }]);
  await finalizes([failed(requestId)]);
  expect(await row()).toMatchObject({ status: 'crashed' });
});

test('an EventBridge that refuses: the message comes again, and the row is told of once', async () => {
  const requestId = await bench.jobOf(JOB).dies(TICK);
  bench.pass(1);
  const { answers } = aws;
  aws.answers = refusing('AccessDeniedException', 403);
  expect((await finalizes([failed(requestId)])).batchItemFailures).toHaveLength(1);
  aws.answers = answers;
  expect((await finalizes([failed(requestId)])).batchItemFailures).toHaveLength(0);
  expect(aws.requests).toHaveLength(2);
  expect(printed.metrics).toHaveLength(1);
});

test('a job that left the list is closed for good', async () => {
  const requestPayload = event({ job: 'gone' });
  await finalizes([failed('r1', 'Runtime.ExitError', { requestPayload })]);
  const closed = await ledger.readRun('gone', TICK);
  expect(closed).toMatchObject({ status: 'crashed', attempt: 1 });
  expect(closed).not.toHaveProperty('retryAt');
  expect(aws.requests).toEqual([]);
});

describe('the last try of a message', () => {
  const MOST = 20;
  const list = { [JOB]: { every: '5 minutes' } } as const;
  const published = () => aws.published.splice(0).map(({ body }) => body);

  test('that is not the last leaves no note', async () => {
    await finalizes(['hello'], { tries: MOST - 1 });
    expect(await bench.sweep(list)).toMatchObject({ told: 0 });
  });

  test('leaves a note, which the sweeper tells of once', async () => {
    const requestPayload = event({ attempt: 9 });
    const answer = await finalizes([failed('r-bad', 'BadEvent', { requestPayload })], {
      tries: MOST,
    });
    // It is in the dead letters all the same.
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(printed.saying('left in the dead letters')).toMatchObject([
      { level: 'ERROR', note: { job: JOB, tick: TICK, via: 'finalizer' } },
    ]);
    expect(await bench.sweep(list)).toMatchObject({ told: 1 });
    const [message] = published();
    expect(message?.Subject).toBe(`[punctual-dev] ${JOB} has a dead letter`);
    expect(message?.Message).toContain('BadEvent: a function refused its event');
    expect(await bench.sweep(list)).toMatchObject({ told: 0 });
  });

  test.each([
    ['no JSON', 'hello'],
    ['no job', JSON.stringify({ what: 'no delivery' })],
    [
      'a job that can be none',
      JSON.stringify({ requestPayload: { job: 'a:b', scheduledTime: 4 } }),
    ],
    ['null', 'null'],
  ])('that nobody can read is of an unknown job: %s', async (_, body) => {
    await finalizes([body], { tries: MOST });
    expect(await bench.sweep(list)).toMatchObject({ told: 1 });
    expect(published()).toMatchObject([{ Subject: '[punctual-dev] unknown has a dead letter' }]);
  });

  test('whose event names no job is of the function that was called', async () => {
    const record = failed('r-1', 'BadEvent', { requestPayload: { what: 'no delivery' } });
    const functionArn = `arn:aws:lambda:eu-central-1:000000000000:function:punctual-dev-${JOB}:$LATEST`;
    const requestContext = { ...record.requestContext, functionArn };
    await finalizes([{ ...record, requestContext }], { tries: MOST });
    await bench.sweep(list);
    expect(published()).toMatchObject([{ Subject: `[punctual-dev] ${JOB} has a dead letter` }]);
  });

  test('while the store is away is said by a line alone', async () => {
    const endpoint = await nobodysEndpoint();
    const answer = await finalizes(['hello'], { tries: MOST, endpoint });
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(printed.saying('left in the dead letters without a note')).toHaveLength(1);
  });
});
