import { beforeEach, expect, test, vi } from 'vitest';
import type { DeliveryEvent } from '../../../core/run/delivery.ts';
import type { Dispatcher } from '../../../core/run/dispatcher.ts';
import { nobodysEndpoint } from '../../support/bad-store.ts';
import { type Aws, refusing, startAws } from '../aws.ts';
import { endpointsOf, setEnvironment } from '../lambda.ts';

const NOW = Date.parse('2026-03-01T09:00:01.500Z');
const EVENT: DeliveryEvent = {
  job: 'send.digests',
  scheduledTime: '2026-03-01T09:00Z',
  trigger: 'retry',
  attempt: 2,
  payload: { daysAhead: 30 },
};
const FUNCTION = 'punctual-dev-fleet32-send-digests';

let aws: Aws;
let dispatcher: Dispatcher;
beforeEach(async () => {
  aws = await startAws();
  dispatcher = await dispatcherAt(aws.endpoint);
  vi.setSystemTime(NOW);
  vi.spyOn(Math, 'random').mockReturnValue(0); // the SDK's tries wait for a random part of something
  return () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  };
});

/** As a cold start has it, with the real SDK pointed at `endpoint`. */
async function dispatcherAt(endpoint: string): Promise<Dispatcher> {
  setEnvironment(endpoint, endpointsOf(endpoint));
  const { AwsDispatcher } = await import('../../../functions/runtime/dispatcher.ts');
  return new AwsDispatcher({
    group: 'punctual-dev',
    functions: 'punctual-dev-fleet32',
    firingRole: 'arn:aws-cn:iam::000000000000:role/firing',
    deadLetters: 'arn:aws-cn:sqs:cn-north-1:000000000000:punctual-dev-failures',
  });
}

test('a time: one request for one schedule, which deletes itself', async () => {
  await dispatcher.at(EVENT, Date.parse('2026-03-01T09:06:00Z'));
  expect(aws.requests).toHaveLength(1);
  const [{ method, path, body }] = aws.requests as [Aws['requests'][number]];
  expect(`${method} ${path}`).toBe('POST /schedules/retry_2_20260301T0900Z_send.digests');
  const { Target, ...schedule } = body;
  const { Input, ...target } = Target as { Input: string };
  expect(schedule).toEqual({
    GroupName: 'punctual-dev',
    Description: 'Attempt 2 of send.digests 2026-03-01T09:00Z',
    ScheduleExpression: 'at(2026-03-01T09:06:00)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    ClientToken: expect.any(String),
  });
  expect(target).toEqual({
    Arn: `arn:aws-cn:lambda:cn-north-1:000000000000:function:${FUNCTION}`,
    RoleArn: 'arn:aws-cn:iam::000000000000:role/firing',
    DeadLetterConfig: { Arn: 'arn:aws-cn:sqs:cn-north-1:000000000000:punctual-dev-failures' },
    RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 },
  });
  expect(JSON.parse(Input)).toEqual({
    ...EVENT,
    executionId: '<aws.scheduler.execution-id>',
    scheduleArn: '<aws.scheduler.schedule-arn>',
  });
});

test('asked for before: done', async () => {
  aws.answers = refusing('ConflictException', 409);
  await dispatcher.at(EVENT, NOW + 60_000);
  expect(aws.requests).toHaveLength(1);
});

test.each([
  ['past', NOW - 1],
  ['over before EventBridge has read of it', NOW + 1_999],
])('a time that is %s: at once', async (_, time) => {
  await dispatcher.at(EVENT, time);
  expect(aws.requests.map(({ path }) => path)).toEqual([
    `/2015-03-31/functions/${FUNCTION}/invocations`,
  ]);
});

test('a time that is just far enough ahead: a schedule', async () => {
  await dispatcher.at(EVENT, NOW + 2_000);
  expect(aws.requests.map(({ path }) => path)).toEqual([expect.stringMatching(/^\/schedules\//)]);
});

test('now: one asynchronous invocation with the event', async () => {
  await dispatcher.now({ ...EVENT, waitingSince: '2026-03-01T09:00:00.000Z' });
  expect(aws.requests).toMatchObject([
    {
      method: 'POST',
      path: `/2015-03-31/functions/${FUNCTION}/invocations`,
      headers: { 'x-amz-invocation-type': 'Event' },
      body: { ...EVENT, waitingSince: '2026-03-01T09:00:00.000Z' },
    },
  ]);
});

test.each([
  ['at', 'AccessDeniedException', 'attempt 2 of send.digests 2026-03-01T09:00Z was not scheduled'],
  ['now', 'ResourceNotFoundException', 'send.digests 2026-03-01T09:00Z was not delivered'],
] as const)('%s, refused: says what was not done and why, in one line', async (how, type, what) => {
  aws.answers = refusing(type, 403);
  const done = how === 'at' ? dispatcher.at(EVENT, NOW + 60_000) : dispatcher.now(EVENT);
  const error = await done.catch((error: Error) => error);
  expect(error).toMatchObject({ name: 'DispatchError', message: `${what}; ${type}: no` });
  // Lambda prints it.
  expect((error as Error).stack).toBe(`DispatchError: ${what}; ${type}: no`);
  expect(aws.requests).toHaveLength(1);
});

test('throttled: tried again, under the same name and token', async () => {
  let refused = 0;
  const { answers } = aws;
  aws.answers = (...request) =>
    ++refused <= 2 ? refusing('ThrottlingException', 429)(...request) : answers(...request);
  await dispatcher.at(EVENT, NOW + 60_000);
  expect(aws.requests).toHaveLength(3);
  expect(new Set(aws.requests.map(({ body }) => body.ClientToken)).size).toBe(1);
});

test('nobody there: a DispatchError', async () => {
  dispatcher = await dispatcherAt(await nobodysEndpoint());
  await expect(dispatcher.now(EVENT)).rejects.toMatchObject({
    name: 'DispatchError',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
