import {
  CreateScheduleCommand,
  type CreateScheduleInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { HttpServer } from '../../local/http.ts';
import { OpenWork } from '../../local/open-work.ts';
import { Scheduler } from '../../local/scheduler.ts';
import { SchedulerApi } from '../../local/scheduler-api.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { functionNamed, queueNamed, ROLE, scheduleOf } from './parts.ts';

const FROM = Date.parse('2026-03-01T00:00Z');
const MINUTE = 60_000;
const fn = functionNamed('app-sweep');
const failures = queueNamed('failures');

let server: HttpServer;
let client: SchedulerClient;
let real: HandMadeTime;
let fired: Array<{ minute: number; event: unknown }>;

beforeEach(async () => {
  server = await HttpServer.listen(0);
  real = new HandMadeTime();
  fired = [];
  const clock = new Clock(FROM, Number.POSITIVE_INFINITY, real);
  const deployed = scheduleOf({ expression: 'cron(0 12 * * ? *)' });
  const scheduler = new Scheduler({
    clock,
    open: new OpenWork(),
    schedules: [deployed],
    from: FROM,
    to: FROM + 60 * MINUTE,
    deliveries: () => [0],
    undeliverable: () => false,
    off: [],
    seed: 1,
    exists: () => true,
    deliver: async (_, event) => {
      fired.push({ minute: (clock.now() - FROM) / MINUTE, event });
    },
    giveUp: () => {},
  });
  const known = { functions: [fn], queues: [failures], roles: [ROLE], scheduleGroups: ['app'] };
  const api = new SchedulerApi(scheduler, known, FROM);
  server.answer = (request) => api.answer(request, clock.now()) ?? { status: 404 };
  // As the functions have it, so that the SDK's name of the service is checked as well.
  vi.stubEnv('AWS_ENDPOINT_URL_SCHEDULER', server.url);
  client = new SchedulerClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  scheduler.start();
  clock.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await server.close();
});

/** A retry of the tick of midnight, after a minute. */
const RETRY = {
  Name: 'retry_2_sweep',
  GroupName: 'app',
  ScheduleExpression: 'at(2026-03-01T00:01:00)',
  ScheduleExpressionTimezone: 'UTC',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: {
    Arn: fn.arn,
    RoleArn: ROLE,
    Input: '{"job":"sweep","attempt":2,"executionId":"<aws.scheduler.execution-id>"}',
    DeadLetterConfig: { Arn: failures.arn },
    RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 185 },
  },
} satisfies CreateScheduleInput;
const ARN = 'arn:aws:scheduler:eu-central-1:000000000000:schedule/app/retry_2_sweep';

const create = (more: Partial<CreateScheduleInput> = {}) =>
  client.send(new CreateScheduleCommand({ ...RETRY, ...more }));
const get = () => client.send(new GetScheduleCommand({ Name: RETRY.Name, GroupName: 'app' }));

describe('a schedule that is created', () => {
  test('fires at its time with the placeholders filled in, and is gone then', async () => {
    expect(await create()).toMatchObject({ ScheduleArn: ARN });
    expect(await get()).toMatchObject({ ...RETRY, Arn: ARN, State: 'ENABLED' });
    await real.passAll();
    const executionId = expect.stringMatching(/^[\da-f-]{36}$/);
    expect(fired).toEqual([{ minute: 1, event: { job: 'sweep', attempt: 2, executionId } }]);
    await expect(get()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Schedule retry_2_sweep does not exist.',
    });
  });

  test('has the defaults of EventBridge', async () => {
    const { Arn, RoleArn, Input } = RETRY.Target;
    await client.send(
      new CreateScheduleCommand({
        Name: 'a.b',
        ScheduleExpression: 'rate(30 minutes)',
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
        Target: { Arn, RoleArn, Input },
      }),
    );
    const { $metadata: _, ...schedule } = await client.send(
      new GetScheduleCommand({ Name: 'a.b' }),
    );
    expect(schedule).toEqual({
      Arn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/default/a.b',
      Name: 'a.b',
      GroupName: 'default',
      State: 'ENABLED',
      CreationDate: new Date(FROM),
      LastModificationDate: new Date(FROM),
      ScheduleExpression: 'rate(30 minutes)',
      ScheduleExpressionTimezone: 'UTC',
      ActionAfterCompletion: 'NONE',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
      Target: {
        Arn,
        RoleArn,
        Input,
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
    await real.passAll();
    expect(fired).toHaveLength(2);
  });

  test('keeps its dates, to which it fires', async () => {
    const StartDate = new Date(FROM + 15 * MINUTE);
    const EndDate = new Date(FROM + 35 * MINUTE);
    await create({ ScheduleExpression: 'cron(0/10 * * * ? *)', StartDate, EndDate });
    expect(await get()).toMatchObject({ StartDate, EndDate });
    await real.passAll();
    expect(fired.map(({ minute }) => minute)).toEqual([20, 30]);
  });

  test('twice is refused; the same request, sent again, is not', async () => {
    await create({ ClientToken: 'one' });
    expect(await create({ ClientToken: 'one' })).toMatchObject({ ScheduleArn: ARN });
    await expect(create({ ClientToken: 'two' })).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule retry_2_sweep already exists.',
    });
    await real.passAll();
    expect(fired).toHaveLength(1);
  });
});

const target = (more: Partial<CreateScheduleInput['Target']>) => ({
  Target: { ...RETRY.Target, ...more } as CreateScheduleInput['Target'],
});

test.each<[string, Partial<CreateScheduleInput>, string]>([
  [
    'a time in the past',
    { ScheduleExpression: 'at(2026-02-28T23:59:59)' },
    'Invalid Schedule Expression at(2026-02-28T23:59:59). It lies in the past, or does not exist in UTC.',
  ],
  [
    'a time that is none',
    { ScheduleExpression: 'at(2026-03-01 00:01:00)' },
    'Invalid Schedule Expression at(2026-03-01 00:01:00).',
  ],
  [
    'a bad rate',
    { ScheduleExpression: 'rate(5 parsecs)' },
    'Invalid Schedule Expression rate(5 parsecs).',
  ],
  [
    'a bad cron expression',
    { ScheduleExpression: 'cron(61 * * * ? *)' },
    'Invalid Schedule Expression cron(61 * * * ? *).',
  ],
  ['a name with a space', { Name: 'a b' }, "Name 'a b' must match ^[0-9a-zA-Z-_.]{1,64}$"],
  [
    'a window without a length',
    { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } },
    'FlexibleTimeWindow must be a whole number from 1 to 1440, not undefined.',
  ],
  [
    'a target that is no function of the stack',
    target({ Arn: `${fn.arn}s` }),
    `Provided Arn ${fn.arn}s is no function of the stack.`,
  ],
  [
    'a role that is none of the stack',
    target({ RoleArn: `${ROLE}s` }),
    `The execution role you provide must allow AWS EventBridge Scheduler to assume the role; ${ROLE}s is no role of the stack`,
  ],
  [
    'a dead-letter queue that is none of the stack',
    target({ DeadLetterConfig: { Arn: `${failures.arn}s` } }),
    `Provided DeadLetterConfig Arn ${failures.arn}s is no queue of the stack.`,
  ],
  [
    'an event that is no JSON',
    target({ Input: '{job}' }),
    'Invalid request provided: Target.Input must be valid JSON.',
  ],
  [
    'an age beyond the limit',
    target({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }),
    'MaximumEventAgeInSeconds must be a whole number from 60 to 86400, not 59.',
  ],
])('%s is refused', async (_, more, message) => {
  await expect(create(more)).rejects.toMatchObject({ name: 'ValidationException', message });
  await real.passAll();
  expect(fired).toEqual([]);
});

test('an update replaces everything: what it leaves out has its default again', async () => {
  await create({ Description: 'a retry' });
  const { ActionAfterCompletion: _, ...rest } = RETRY;
  const ScheduleExpression = 'at(2026-03-01T00:02:00)';
  await client.send(new UpdateScheduleCommand({ ...rest, ScheduleExpression }));
  expect(await get()).toMatchObject({ ScheduleExpression, ActionAfterCompletion: 'NONE' });
  expect(await get()).not.toHaveProperty('Description');
  await real.passAll();
  expect(fired.map(({ minute }) => minute)).toEqual([2]);
});

test('what is deleted does not fire', async () => {
  await create();
  await client.send(new DeleteScheduleCommand({ Name: RETRY.Name, GroupName: 'app' }));
  await real.passAll();
  expect(fired).toEqual([]);
});

test.each([
  [
    'to delete',
    () => client.send(new DeleteScheduleCommand({ Name: 'nobody', GroupName: 'app' })),
    'Schedule nobody does not exist.',
  ],
  [
    'to update',
    () => client.send(new UpdateScheduleCommand(RETRY)),
    'Schedule retry_2_sweep does not exist.',
  ],
  ['in a group', () => create({ GroupName: 'none' }), 'Schedule group none does not exist.'],
])('nothing is there %s', async (_, ask, message) => {
  await expect(ask()).rejects.toMatchObject({ name: 'ResourceNotFoundException', message });
});

test('the list has the deployed ones and those made at run time, page by page', async () => {
  for (const Name of ['a', 'b'])
    await create({ Name, State: Name === 'a' ? 'DISABLED' : 'ENABLED' });
  await create({ Name: 'c', GroupName: undefined });
  const list = async (more: ListSchedulesCommand['input']) => {
    const { Schedules, NextToken } = await client.send(new ListSchedulesCommand(more));
    return { names: Schedules?.map(({ Name }) => Name), NextToken };
  };
  expect((await list({})).names).toEqual(['a', 'b', 'sweep', 'c']);
  expect((await list({ GroupName: 'app', NamePrefix: 's' })).names).toEqual(['sweep']);
  expect((await list({ State: 'DISABLED' })).names).toEqual(['a']);
  const { names, NextToken } = await list({ GroupName: 'app', MaxResults: 2 });
  expect(names).toEqual(['a', 'b']);
  expect(await list({ GroupName: 'app', MaxResults: 2, NextToken })).toEqual({
    names: ['sweep'],
    NextToken: undefined,
  });
});
