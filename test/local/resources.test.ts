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

const STACK: Record<string, Resource> = {
  Function: JOB_FUNCTION,
  Runs: RUNS,
  Schedule: SCHEDULE,
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
      },
      logGroup: '/jobs/sweep',
      asyncRetries: 2,
    },
  ]);
});

test('a function has as many asynchronous retries as its EventInvokeConfig says', () => {
  const config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Function' },
      MaximumRetryAttempts: 0,
      Qualifier: '$LATEST',
    },
  };
  expect(read({ ...STACK, Config: config }).functions[0]?.asyncRetries).toBe(0);
});

test('a schedule: its ticks, its window, the function it fires and with what', () => {
  expect(read().schedules).toEqual([
    {
      arn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/jobs/sweep',
      expression: 'cron(0/10 * * * ? *)',
      timeZone: 'Europe/Berlin',
      windowMinutes: 5,
      enabled: true,
      functionName: 'punctual-dev-Function',
      input: '{"job":"sweep","at":"<aws.scheduler.scheduled-time>"}',
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
      'resource Schedule: fires arn:aws:dynamodb:eu-central-1:000000000000:table/punctual-dev-Runs, which is no function of the stack',
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
