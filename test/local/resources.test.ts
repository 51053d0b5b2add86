// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub writes its references
import { describe, expect, test } from 'vitest';
import { resourcesOf } from '../../local/resources.ts';
import type { Resource } from '../../local/template.ts';

const JOB_FUNCTION: Resource = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'abc.zip' },
    Handler: 'index.handler',
    Timeout: 300,
    MemorySize: 256,
    Environment: {
      Variables: {
        RUNS: { Ref: 'Runs' },
        WHERE: {
          'Fn::Sub': [
            '${AWS::Region}/${Runs}/${Name}/${!kept}',
            { Name: { 'Fn::Join': ['+', ['a', 'b']] } },
          ],
        },
        SECOND: { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'AWS::StackName' }] }] },
        SETTING: { Ref: 'Setting' },
        TOPIC: { Ref: 'Alerts' },
      },
    },
    LoggingConfig: { LogGroup: { Ref: 'Logs' } },
  },
};
const SCHEDULE: Resource = {
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: 'sweep',
    GroupName: { Ref: 'Group' },
    ScheduleExpression: 'cron(0/10 * * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
    State: 'ENABLED',
    Target: {
      Arn: { 'Fn::GetAtt': ['Function', 'Arn'] },
      RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Input: {
        'Fn::Join': ['', ['{"job":"', 'sweep', '","at":"<aws.scheduler.scheduled-time>"}']],
      },
    },
  },
};

const RUNS: Resource = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    KeySchema: [{ AttributeName: 'job', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'job', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'attention',
        KeySchema: [{ AttributeName: 'job', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
        WriteProvisionedThroughputSettings: {},
      },
    ],
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  },
};

const QUEUES: Record<string, Resource> = {
  Poison: { Type: 'AWS::SQS::Queue' },
  Failures: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'failures',
      VisibilityTimeout: 400,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['Poison', 'Arn'] },
        maxReceiveCount: 20,
      },
    },
  },
};

const SOURCE: Resource = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Failures', 'Arn'] },
    FunctionName: { Ref: 'Function' },
    BatchSize: 5,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  },
};

const STACK: Record<string, Resource> = {
  Function: JOB_FUNCTION,
  Runs: RUNS,
  Schedule: SCHEDULE,
  ...QUEUES,
  Source: SOURCE,
  Alerts: { Type: 'AWS::SNS::Topic' },
  // What only IAM has to know is not looked at.
  Role: { Type: 'AWS::IAM::Role', Properties: { Policies: { 'Fn::If': ['Prod', 1, 2] } } },
  Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'jobs' } },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/jobs/sweep' } },
};

function read(resources: Record<string, Resource> = STACK) {
  const template = { Parameters: { Setting: { Default: 'blue' } }, Resources: resources };
  return resourcesOf({
    stackName: 'punctual-dev',
    template,
    assets: new Map([['abc.zip', '/out/asset.abc']]),
  });
}

/** The stack with some properties of one resource replaced. */
function changed(id: string, properties: Record<string, unknown>): Record<string, Resource> {
  const resource = STACK[id] as Resource;
  return { ...STACK, [id]: { ...resource, Properties: { ...resource.Properties, ...properties } } };
}

test('a function: where its code is, its limits, its variables with every reference resolved', () => {
  expect(read().functions).toEqual([
    {
      name: 'punctual-dev-Function',
      arn: 'arn:aws:lambda:eu-central-1:000000000000:function:punctual-dev-Function',
      code: '/out/asset.abc',
      handler: 'index.handler',
      timeoutSeconds: 300,
      memoryMb: 256,
      environment: {
        RUNS: 'punctual-dev-Runs',
        WHERE: 'eu-central-1/punctual-dev-Runs/a+b/${kept}',
        SECOND: 'dev',
        SETTING: 'blue',
        // CloudFormation's Ref of a topic is its ARN.
        TOPIC: 'arn:aws:sns:eu-central-1:000000000000:punctual-dev-Alerts',
      },
      logGroup: '/jobs/sweep',
      asyncRetries: 2,
      maximumEventAgeSeconds: 21_600,
    },
  ]);
});

const FAILURES = 'arn:aws:sqs:eu-central-1:000000000000:failures';
const POISON = 'arn:aws:sqs:eu-central-1:000000000000:punctual-dev-Poison';

test('what follows a failed asynchronous invocation is what its EventInvokeConfig says', () => {
  const config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Function' },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
      Qualifier: '$LATEST',
    },
  };
  expect(read({ ...STACK, Config: config }).functions[0]).toMatchObject({
    asyncRetries: 0,
    maximumEventAgeSeconds: 600,
    onFailureArn: FAILURES,
  });
});

test('queues: how long a message is hidden, how often it is received, and where it goes then', () => {
  expect(read().queues).toEqual([
    { name: 'punctual-dev-Poison', arn: POISON, visibilitySeconds: 30 },
    {
      name: 'failures',
      arn: FAILURES,
      visibilitySeconds: 400,
      deadLetterArn: POISON,
      maxReceiveCount: 20,
    },
  ]);
});

test('a function that reads a queue: how many messages at once, and whether it may name the failed', () => {
  const source = { queueArn: FAILURES, functionName: 'punctual-dev-Function' };
  expect(read().eventSources).toEqual([{ ...source, batchSize: 5, partial: true }]);
  const FunctionName = { 'Fn::GetAtt': ['Function', 'Arn'] };
  const rest = { FunctionName, BatchSize: undefined, FunctionResponseTypes: undefined };
  expect(read(changed('Source', rest)).eventSources).toEqual([
    { ...source, batchSize: 10, partial: false },
  ]);
  expect(read(changed('Source', { Enabled: false })).eventSources).toEqual([]);
});

test('the stack, its topics, its roles and its groups of schedules', () => {
  expect(read()).toMatchObject({
    stackName: 'punctual-dev',
    topics: ['arn:aws:sns:eu-central-1:000000000000:punctual-dev-Alerts'],
    roles: ['arn:aws:iam::000000000000:role/punctual-dev-Role'],
    scheduleGroups: ['jobs'],
  });
});

test('a schedule: its ticks, its window, the function it fires and with what', () => {
  expect(read().schedules).toEqual([
    {
      name: 'sweep',
      group: 'jobs',
      arn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/jobs/sweep',
      expression: 'cron(0/10 * * * ? *)',
      timeZone: 'Europe/Berlin',
      windowMinutes: 5,
      enabled: true,
      functionName: 'punctual-dev-Function',
      targetArn: 'arn:aws:lambda:eu-central-1:000000000000:function:punctual-dev-Function',
      roleArn: 'arn:aws:iam::000000000000:role/punctual-dev-Role',
      input: '{"job":"sweep","at":"<aws.scheduler.scheduled-time>"}',
      maximumEventAgeSeconds: 86_400,
      maximumRetries: 185,
      job: 'sweep',
    },
  ]);
});

test('a schedule may be disabled and have no window', () => {
  const [schedule] = read(
    changed('Schedule', { State: 'DISABLED', FlexibleTimeWindow: { Mode: 'OFF' } }),
  ).schedules;
  expect(schedule).toMatchObject({ enabled: false, windowMinutes: 0 });
});

test('a schedule may have a queue for what can not be delivered, and limits of its own', () => {
  const Target = {
    ...(SCHEDULE.Properties?.Target as object),
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Failures', 'Arn'] } },
    RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 3 },
  };
  expect(read(changed('Schedule', { Target })).schedules).toMatchObject([
    { deadLetterArn: FAILURES, maximumEventAgeSeconds: 600, maximumRetries: 3 },
  ]);
});

test('a schedule may fire a function that is not there', () => {
  const Target = {
    ...(SCHEDULE.Properties?.Target as object),
    Arn: { 'Fn::Sub': 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:gone' },
  };
  expect(read(changed('Schedule', { Target })).schedules).toMatchObject([{ functionName: 'gone' }]);
});

test("an event without a job is an operator's, who goes by the name of the schedule", () => {
  const Target = { ...(SCHEDULE.Properties?.Target as object), Input: '{}' };
  const { schedules, operators } = read(changed('Schedule', { Target }));
  expect(schedules).toEqual([]);
  expect(operators).toMatchObject([{ name: 'sweep', input: '{}', windowMinutes: 5 }]);
  expect(read().operators).toEqual([]);
});

test('a table: its keys and indexes, as CreateTable takes them', () => {
  const keys = [{ AttributeName: 'job', KeyType: 'HASH' }];
  expect(read().tables).toEqual([
    {
      logicalId: 'Runs',
      name: 'punctual-dev-Runs',
      keySchema: keys,
      attributes: [{ AttributeName: 'job', AttributeType: 'S' }],
      indexes: [{ IndexName: 'attention', KeySchema: keys, Projection: { ProjectionType: 'ALL' } }],
    },
  ]);
});

describe('what can not be read is refused with the resource named', () => {
  test.each([
    [
      'an unknown function',
      'Function',
      { Timeout: { 'Fn::If': ['Prod', 1, 2] } },
      'resource Function: the local cloud does not know Fn::If; use a plain value there',
    ],
    [
      'an unknown attribute',
      'Function',
      { Role: { 'Fn::GetAtt': ['Runs', 'StreamArn'] } },
      'resource Function: the local cloud does not know the attribute Runs.StreamArn, only Arn',
    ],
    [
      'a Ref to nothing',
      'Schedule',
      { GroupName: { Ref: 'Nobody' } },
      "resource Schedule: Ref to 'Nobody', which is no resource and no parameter with a default",
    ],
    [
      'a GetAtt of nothing',
      'Schedule',
      { Target: { Arn: { 'Fn::GetAtt': 'Nobody.Arn' } } },
      "resource Schedule: Fn::GetAtt of 'Nobody', which is no resource",
    ],
    [
      'a target that is no function',
      'Schedule',
      { Target: { Arn: { 'Fn::GetAtt': 'Runs.Arn' }, Input: '{}' } },
      'resource Schedule: fires arn:aws:dynamodb:eu-central-1:000000000000:table/punctual-dev-Runs, which is no function',
    ],
    [
      'dead letters that go to no queue',
      'Schedule',
      {
        Target: {
          ...(SCHEDULE.Properties?.Target as object),
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Runs', 'Arn'] } },
        },
      },
      'resource Schedule: its dead letters go to arn:aws:dynamodb:eu-central-1:000000000000:table/punctual-dev-Runs, which is no queue of the stack',
    ],
    [
      'a queue whose dead letters go to none',
      'Failures',
      { RedrivePolicy: '{"deadLetterTargetArn":"nowhere","maxReceiveCount":3}' },
      'resource Failures: its dead letters go to nowhere, which is no queue of the stack',
    ],
    [
      'a source that is no queue',
      'Source',
      { EventSourceArn: { 'Fn::GetAtt': ['Runs', 'Arn'] } },
      'resource Source: it listens to arn:aws:dynamodb:eu-central-1:000000000000:table/punctual-dev-Runs, which is no queue of the stack',
    ],
    [
      'a source that no function reads',
      'Source',
      { FunctionName: 'nobody' },
      'resource Source: nobody is no function of the stack',
    ],
    [
      'a queue whose messages come back while they are dealt with',
      'Failures',
      { VisibilityTimeout: 299 },
      "resource Source: the queue's visibility timeout (299 seconds) is less than the function's timeout (300), which Lambda refuses",
    ],
    [
      'an event that is not JSON',
      'Schedule',
      { Target: { ...(SCHEDULE.Properties?.Target as object), Input: '{job}' } },
      "resource Schedule: its Input is not JSON, or its 'job' is no text: {job}",
    ],
    [
      'code that is no asset',
      'Function',
      { Code: { ZipFile: '' } },
      'resource Function: its code is no asset of the app',
    ],
  ])('%s', (_, id, properties, message) => {
    expect(() => read(changed(id, properties))).toThrow(message);
  });
});
