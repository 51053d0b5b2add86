import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { schedules } from '../../infra/schedules.ts';
import { templateOf } from '../support/template.ts';

const JOBS = Object.keys(schedules);
/** What the stack runs of its own, besides the jobs. */
const OPERATORS = ['punctual-sweeper'];
const FUNCTIONS = JOBS.length + OPERATORS.length;

describe('the stack', () => {
  let template: Template;
  const propertiesOf = (type: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  /** The statements of a role. */
  const policiesOf = (role: string) => {
    expect(template.findResources('AWS::IAM::Role')[role]?.Properties).not.toHaveProperty(
      'ManagedPolicyArns',
    );
    return propertiesOf('AWS::IAM::Policy')
      .filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  };
  beforeAll(async () => {
    template = await templateOf('dev');
  });

  describe('schedules', () => {
    const expressionsOf = (job: string) =>
      propertiesOf('AWS::Scheduler::Schedule')
        .filter(({ Target }) => JSON.parse(Target.Input).job === job)
        .map(({ ScheduleExpression }) => ScheduleExpression);

    test.each([
      ['update-stuck-builds', ['cron(0/10 * * * ? *)']],
      ['reconnect-websockets', ['cron(1/5 * * * ? *)']],
      ['reconnect-workers', ['cron(2/8 0/2 * * ? *)', 'cron(6/8 1/2 * * ? *)']],
      ['send-build-complete-emails', ['cron(3/10 * * * ? *)']],
      ['update-expired-licenses', ['cron(5 * * * ? *)']],
      ['send-build-failed-emails', ['cron(6/10 * * * ? *)']],
      ['send-license-expiry-warnings', ['cron(0 9 * * ? *)']],
    ])('%s', (job, expressions) => {
      expect(expressionsOf(job)).toEqual(expressions);
    });

    test('are all in one group, which exists before them', () => {
      const groups = Object.keys(template.findResources('AWS::Scheduler::ScheduleGroup'));
      expect(groups).toHaveLength(1);
      for (const schedule of Object.values(template.findResources('AWS::Scheduler::Schedule'))) {
        expect(schedule.Properties.GroupName).toBe('punctual-dev');
        expect(schedule.DependsOn).toContain(groups[0]);
      }
    });

    test('are never given a start date, which a later deploy would be refused for', () => {
      for (const schedule of propertiesOf('AWS::Scheduler::Schedule')) {
        expect(schedule).not.toHaveProperty('StartDate');
      }
    });

    test('send the event that handlers read', () => {
      const [warnings] = propertiesOf('AWS::Scheduler::Schedule').filter(
        ({ Name }) => Name === 'send-license-expiry-warnings',
      );
      expect(JSON.parse(warnings?.Target.Input)).toEqual({
        job: 'send-license-expiry-warnings',
        scheduledTime: '<aws.scheduler.scheduled-time>',
        trigger: 'schedule',
        attempt: 1,
        payload: { daysAhead: [30, 7, 1] },
        executionId: '<aws.scheduler.execution-id>',
        scheduleArn: '<aws.scheduler.schedule-arn>',
      });
    });
  });

  describe('functions', () => {
    test('one a job and one an operator, on the runtime the code is written for', () => {
      template.resourceCountIs('AWS::Lambda::Function', FUNCTIONS);
      template.allResourcesProperties('AWS::Lambda::Function', {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
      });
    });

    test('are not run again by Lambda', () => {
      template.resourceCountIs('AWS::Lambda::EventInvokeConfig', FUNCTIONS);
      template.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
        MaximumRetryAttempts: 0,
      });
    });

    test('log to a group that forgets', () => {
      template.resourceCountIs('AWS::Logs::LogGroup', FUNCTIONS);
      template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    });

    test('know their job, tables and grace', () => {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: {
          Variables: {
            PUNCTUAL_JOB: 'reconnect-workers',
            PUNCTUAL_LOCKS_TABLE: Match.anyValue(),
            PUNCTUAL_RUNS_TABLE: Match.anyValue(),
            PUNCTUAL_MISFIRE_GRACE_SECONDS: '480',
          },
        },
      });
    });
  });

  describe('roles', () => {
    /** The statements of the role that a job's function runs with. */
    const statementsOf = (job: string) => {
      const [fn] = propertiesOf('AWS::Lambda::Function').filter(
        ({ Environment }) => Environment.Variables.PUNCTUAL_JOB === job,
      );
      return policiesOf(fn?.Role['Fn::GetAtt'][0]);
    };

    test.each(JOBS)('%s reaches only its own keys of the ledger', (job) => {
      const tables = Object.keys(template.findResources('AWS::DynamoDB::GlobalTable')).filter(
        (id) => id.startsWith('Ledger'),
      );
      expect(tables).toHaveLength(2);
      const onLedger = statementsOf(job).filter(({ Resource }) =>
        tables.some((id) => JSON.stringify(Resource).includes(id)),
      );
      expect(onLedger).toEqual([
        expect.objectContaining({
          Effect: 'Allow',
          Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [job] } },
        }),
      ]);
    });

    test('only the jobs that send e-mail may', () => {
      const senders = JOBS.filter((job) =>
        JSON.stringify(statementsOf(job)).includes('ses:SendEmail'),
      );
      expect(senders).toEqual([
        'send-build-complete-emails',
        'send-build-failed-emails',
        'send-license-expiry-warnings',
      ]);
    });

    test('no statement allows everything', () => {
      for (const { PolicyDocument } of propertiesOf('AWS::IAM::Policy')) {
        for (const { Action, Resource } of PolicyDocument.Statement) {
          expect([Action].flat()).not.toContain('*');
          expect([Resource].flat()).not.toContain('*');
        }
      }
    });
  });

  describe('the sweeper', () => {
    const named = (type: string, start: string) => {
      const [id] = Object.keys(template.findResources(type)).filter((id) => id.startsWith(start));
      return id as string;
    };
    const functionId = () => named('AWS::Lambda::Function', 'OperatorSweeper');
    const sweeper = () => template.findResources('AWS::Lambda::Function')[functionId()];

    test('comes every five minutes, and its event names no job', () => {
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        Name: 'punctual-sweeper',
        ScheduleExpression: 'cron(4/5 * * * ? *)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
        Target: { Arn: { 'Fn::GetAtt': [functionId(), 'Arn'] }, Input: '{}' },
      });
    });

    test('learns of a job only once its schedules are there', () => {
      const ofJobs = Object.entries(template.findResources('AWS::Scheduler::Schedule'))
        .filter(([, { Properties }]) => Properties.Name !== 'punctual-sweeper')
        .map(([id]) => id);
      expect(ofJobs.length).toBeGreaterThanOrEqual(JOBS.length);
      expect(sweeper()?.DependsOn).toEqual(expect.arrayContaining(ofJobs));
    });

    test('reaches the ledger and nothing else: it reads and closes, and looks for rows', () => {
      const table = (start: string) => ({
        'Fn::GetAtt': [named('AWS::DynamoDB::GlobalTable', start), 'Arn'],
      });
      const onTables = policiesOf(sweeper()?.Properties.Role['Fn::GetAtt'][0]).filter(
        ({ Action }) => JSON.stringify(Action).includes('dynamodb:'),
      );
      expect(onTables).toEqual([
        {
          Effect: 'Allow',
          Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          Resource: [table('LedgerLocks'), table('LedgerRuns')],
        },
        { Effect: 'Allow', Action: 'dynamodb:BatchGetItem', Resource: table('LedgerLocks') },
        { Effect: 'Allow', Action: 'dynamodb:Query', Resource: table('LedgerRuns') },
      ]);
    });
  });

  describe('tables', () => {
    const ledgerTable = (...keys: string[]) => ({
      KeySchema: keys.map((AttributeName, i) => ({
        AttributeName,
        KeyType: i === 0 ? 'HASH' : 'RANGE',
      })),
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [
        Match.objectLike({
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });

    test('locks and runs: on demand, encrypted, recoverable, forgetting', () => {
      template.hasResourceProperties('AWS::DynamoDB::GlobalTable', ledgerTable('lock'));
      template.hasResourceProperties('AWS::DynamoDB::GlobalTable', ledgerTable('job', 'tick'));
    });

    test('go with the stack in dev', () => {
      template.allResources('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Delete' });
    });
  });
});

test('prod keeps its tables, and its logs for longer', async () => {
  const template = await templateOf('prod');
  template.allResources('AWS::DynamoDB::GlobalTable', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  for (const { Properties } of Object.values(
    template.findResources('AWS::DynamoDB::GlobalTable'),
  )) {
    expect(Properties.Replicas[0].DeletionProtectionEnabled).toBe(true);
  }
});

describe('settings reach the template', () => {
  const only = async (settings: object) =>
    templateOf('dev', { job: { handler: 'update-stuck-builds', ...settings } } as never);

  test('jitter, time zone and being switched off', async () => {
    const template = await only({
      cron: '0 9 * * ? *',
      timeZone: 'Europe/Oslo',
      jitter: '15 minutes',
      enabled: false,
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 9 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Oslo',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      State: 'DISABLED',
    });
  });

  test('a one-time schedule, in its zone', async () => {
    const template = await only({ at: '2026-12-24T18:00', timeZone: 'Europe/Oslo' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'at(2026-12-24T18:00:00)',
      ScheduleExpressionTimezone: 'Europe/Oslo',
    });
  });

  test('a rate, where any phase will do', async () => {
    const template = await only({ every: '7 minutes', phase: 'any' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(7 minutes)',
    });
  });

  test('timeout and memory', async () => {
    const template = await only({ every: '1 hour', timeout: '90 seconds', memory: 512 });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 90, MemorySize: 512 });
  });
});
