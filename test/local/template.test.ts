import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resourcesOf } from '../../local/resources.ts';
import { readAssembly } from '../../local/template.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'punctual-template-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, content: object) =>
  writeFileSync(join(folder, file), JSON.stringify(content));

const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'app-fleet32-sync',
    Code: { S3Key: 'code.zip' },
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: { LOCKS: { Ref: 'locksRef' } } },
    LoggingConfig: { LogGroup: { Ref: 'logsRef' } },
  },
};
const schedule = (job: string, arn: object) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: `fleet32_${job.replace('@', '_')}`,
    GroupName: 'app',
    ScheduleExpression: 'cron(0/5 * * * ? *)',
    Target: {
      Arn: arn,
      RoleArn: { Ref: 'roleRef' },
      DeadLetterConfig: { Arn: { Ref: 'queueRef' } },
      Input: JSON.stringify({ job }),
    },
  },
});
const NESTED = [
  {
    Resources: {
      Role: { Type: 'AWS::IAM::Role' },
      Function: FUNCTION,
      Schedule: schedule('sync@a', { 'Fn::GetAtt': ['Function', 'Arn'] }),
    },
  },
  {
    // The same logical ids: they are unique in a template only.
    Resources: {
      Role: { Type: 'AWS::IAM::Role' },
      Schedule: schedule('sync@b', {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, ':lambda:eu-central-1:0:function:app-fleet32-sync'],
        ],
      }),
    },
  },
];

/** What `cdk synth` writes of a stack with two others in it. */
function writeApp(): void {
  const stack = (key: string) => ({
    Type: 'AWS::CloudFormation::Stack',
    Properties: {
      TemplateURL: {
        'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::Region' }, `.amazonaws.com/assets/${key}`]],
      },
      Parameters: {
        locksRef: { Ref: 'Locks' },
        logsRef: { Ref: 'Logs' },
        roleRef: { 'Fn::GetAtt': ['Role', 'Arn'] },
        queueRef: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      },
    },
  });
  write('app.template.json', {
    Resources: {
      Locks: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'locks' } },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/app' } },
      Role: { Type: 'AWS::IAM::Role' },
      Queue: { Type: 'AWS::SQS::Queue' },
      One: stack('one.json'),
      Two: stack('two.json'),
    },
  });
  for (const [i, template] of NESTED.entries()) write(`${i}.nested.template.json`, template);
  const file = (path: string, objectKey: string) => ({
    source: { path },
    destinations: { current: { objectKey } },
  });
  write('app.assets.json', {
    files: {
      one: file('0.nested.template.json', 'one.json'),
      two: file('1.nested.template.json', 'two.json'),
      code: file('asset.code', 'code.zip'),
    },
  });
  write('manifest.json', {
    artifacts: {
      app: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'app.template.json', stackName: 'app' },
      },
      'app.assets': { type: 'cdk:asset-manifest', properties: { file: 'app.assets.json' } },
    },
  });
}

test('what is in nested stacks is as if it were in the one they are in', () => {
  writeApp();
  const { functions, schedules, roles, tables } = resourcesOf(readAssembly(folder));
  expect(functions).toMatchObject([
    {
      name: 'app-fleet32-sync',
      code: join(folder, 'asset.code'),
      environment: { LOCKS: 'locks' },
      logGroup: '/app',
    },
  ]);
  const role = 'arn:aws:iam::000000000000:role/app-Role';
  expect(schedules).toMatchObject([
    { job: 'sync@a', functionName: 'app-fleet32-sync', roleArn: role, group: 'app' },
    { job: 'sync@b', functionName: 'app-fleet32-sync', roleArn: role, group: 'app' },
  ]);
  expect(new Set(roles).size).toBe(3);
  expect(tables).toMatchObject([{ name: 'locks' }]);
});

test('a template that is not there is named', () => {
  writeApp();
  write('app.assets.json', { files: {} });
  expect(() => readAssembly(folder)).toThrow('resource One: its template one.json is no asset');
});
