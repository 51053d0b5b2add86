import { beforeAll, describe, expect, test } from 'vitest';
import { type Schedules, schedule } from '../../core/schedule/settings.ts';
import { schedules } from '../../infra/schedules.ts';
import { templateOf } from '../support/template.ts';
import { View } from './view.ts';

const JOBS = Object.keys(schedules);

let view: View;
beforeAll(async () => {
  view = new View(await templateOf('dev'));
});

const failures = () => view.one('AWS::SQS::Queue', ({ RedrivePolicy }) => RedrivePolicy);
const poison = () => view.one('AWS::SQS::Queue', ({ RedrivePolicy }) => !RedrivePolicy);
const failuresArn = () => `${failures()[0]}.Arn`;
const finalizer = () => view.functionOf('punctual-finalizer');
const firingRole = () =>
  view.one('AWS::IAM::Role', ({ AssumeRolePolicyDocument: { Statement } }) =>
    JSON.stringify(Statement).includes('scheduler.amazonaws.com'),
  );

describe('the queue of failures', () => {
  test('hides a message for six times as long as the finalizer may work on it', () => {
    expect(finalizer()[1].Timeout).toBe(30);
    expect(failures()[1].VisibilityTimeout).toBe(6 * 30);
  });

  test('gives up on a message after twenty tries, and loses none', () => {
    expect(failures()[1]).toMatchObject({
      RedrivePolicy: { deadLetterTargetArn: `${poison()[0]}.Arn`, maxReceiveCount: 20 },
      MessageRetentionPeriod: 14 * 86_400,
    });
    expect(poison()[1].MessageRetentionPeriod).toBe(14 * 86_400);
  });

  test('and its own dead letters are encrypted, at rest and on the way', () => {
    const queues = view.all('AWS::SQS::Queue');
    expect(queues.size).toBe(2);
    for (const [id, queue] of queues) {
      expect(queue.SqsManagedSseEnabled).toBe(true);
      const [, policy] = view.one('AWS::SQS::QueuePolicy', ({ Queues }) => Queues.includes(id));
      expect(policy.PolicyDocument.Statement).toEqual([
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Resource: `${id}.Arn`,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]);
    }
  });

  test('is read by the finalizer, which says which messages it failed for', () => {
    const sources = [...view.all('AWS::Lambda::EventSourceMapping').values()];
    expect(sources).toEqual([
      expect.objectContaining({
        EventSourceArn: failuresArn(),
        FunctionName: finalizer()[0],
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    ]);
  });

  test.each(JOBS)('hears of every event of %s that its function died of', (job) => {
    expect(view.asynchronousOf(job)).toMatchObject({
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: failuresArn() } },
    });
    expect(view.statementsOf(job)).toContainEqual({
      Effect: 'Allow',
      Action: expect.arrayContaining(['sqs:SendMessage']),
      Resource: failuresArn(),
    });
  });

  test("does not hear of the operators' own: the next sweep, and the queue itself, bring them back", () => {
    for (const operator of ['punctual-sweeper', 'punctual-finalizer']) {
      expect(view.asynchronousOf(operator)).toMatchObject({ MaximumRetryAttempts: 0 });
      expect(view.asynchronousOf(operator)).not.toHaveProperty('DestinationConfig');
    }
  });
});

describe('schedules', () => {
  const ofJobs = () =>
    [...view.all('AWS::Scheduler::Schedule').values()].filter(
      ({ Name }) => Name !== 'punctual-sweeper',
    );

  test('bring what they can not deliver to the queue of failures', () => {
    expect(ofJobs().length).toBeGreaterThanOrEqual(JOBS.length);
    for (const { Target } of ofJobs()) {
      expect(Target.DeadLetterConfig).toEqual({ Arn: failuresArn() });
      expect(Target.RetryPolicy.MaximumRetryAttempts).toBe(185);
    }
  });

  test('all fire with one role, and there is no other for EventBridge', () => {
    const [id] = firingRole();
    for (const { Target } of view.all('AWS::Scheduler::Schedule').values()) {
      expect(Target.RoleArn).toBe(`${id}.Arn`);
    }
  });
});

describe('the firing role', () => {
  test('is only for the schedules of our own group', () => {
    const [group] = view.one('AWS::Scheduler::ScheduleGroup', () => true);
    expect(firingRole()[1].AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '123456789012',
            'aws:SourceArn': `${group}.Arn`,
          },
        },
      },
    ]);
  });

  test('may call the functions of the stack and send to the queue, and grows with no job', () => {
    const [id, role] = firingRole();
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role.Policies).toHaveLength(1);
    expect(role.Policies[0].PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:eu-central-1:123456789012:function:punctual-dev-*',
      },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: failuresArn() },
    ]);
    const added = [...view.all('AWS::IAM::Policy').values()].filter(({ Roles }) =>
      Roles.includes(id),
    );
    expect(added).toEqual([]);
  });
});

describe('how long a delivery is tried', () => {
  const only = async (settings: Schedules[string]) =>
    new View(await templateOf('dev', { job: { ...settings, handler: 'update-stuck-builds' } }));

  test.each([
    ['its grace', { every: '8 minutes' }, 480, 480],
    ['the least that EventBridge takes', { every: '1 minute' }, 60, 60],
    ['the most that Lambda takes', { every: '1 hour', misfireGrace: '10 hours' }, 36_000, 21_600],
    [
      'the most that EventBridge takes',
      { every: '1 hour', misfireGrace: '1 day', jitter: '1 hour' },
      86_400,
      21_600,
    ],
  ] as const)('%s', async (_, settings, byEventBridge, byLambda) => {
    const view = await only(schedule(settings));
    const [, { Target }] = view.one('AWS::Scheduler::Schedule', ({ Name }) => Name === 'job');
    expect(Target.RetryPolicy.MaximumEventAgeInSeconds).toBe(byEventBridge);
    expect(view.asynchronousOf('job').MaximumEventAgeInSeconds).toBe(byLambda);
  });
});
