import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { functionName } from '../../core/run/function-name.ts';
import { schedules } from '../../infra/schedules.ts';
import { templateOf } from '../support/template.ts';

const JOBS = Object.keys(schedules);
/** What the stack runs of its own, besides the jobs. */
const OPERATORS = ['punctual-sweeper', 'punctual-finalizer', 'punctual-console'];
const FUNCTIONS = JOBS.length + OPERATORS.length;

describe('the stack', () => {
  let template: Template;
  const propertiesOf = (type: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties);
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

    test('all log to one group, which forgets', () => {
      template.resourceCountIs('AWS::Logs::LogGroup', 1);
      template.allResourcesProperties('AWS::Logs::LogGroup', {
        LogGroupName: '/punctual/punctual-dev',
        RetentionInDays: 7,
      });
    });

    test('have names that follow from those of their jobs', () => {
      const names = propertiesOf('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName);
      const expected = [...JOBS, ...OPERATORS].map((name) => functionName('punctual-dev', name));
      expect(names.sort()).toEqual(expected.sort());
      expect(names).toContain('punctual-dev-reconnect-workers');
    });

    test('know the ledger, and what they need to deliver', () => {
      for (const { Environment } of propertiesOf('AWS::Lambda::Function')) {
        expect(Environment.Variables).toMatchObject({
          PUNCTUAL_LOCKS_TABLE: { Ref: expect.stringMatching(/^LedgerLocks/) },
          PUNCTUAL_RUNS_TABLE: { Ref: expect.stringMatching(/^LedgerRuns/) },
          PUNCTUAL_GROUP: 'punctual-dev',
          PUNCTUAL_FUNCTIONS: 'punctual-dev',
          PUNCTUAL_FIRING_ROLE: { 'Fn::GetAtt': [expect.stringContaining('FiringRole'), 'Arn'] },
          PUNCTUAL_DEAD_LETTERS: { 'Fn::GetAtt': [expect.stringContaining('Failures'), 'Arn'] },
        });
      }
    });

    test('of jobs know their job and what its runs obey', () => {
      const told = propertiesOf('AWS::Lambda::Function')
        .map(({ Environment }) => Environment.Variables)
        .filter(({ PUNCTUAL_JOB }) => PUNCTUAL_JOB === 'reconnect-workers');
      expect(told).toHaveLength(1);
      expect(JSON.parse(told[0].PUNCTUAL_LIMITS)).toEqual({
        lock: 'reconnect-workers',
        room: 1,
        concurrency: 1,
        overlap: 'skip',
        priority: 0,
        misfireGrace: 480_000,
        catchUp: 'none',
        retryDelays: [60_000, 300_000, 900_000, 1_800_000, 3_600_000],
        pauseAfter: 5,
      });
    });

    test('that watch over the others know where alerts go, and how long there is hope', () => {
      const told = (name: string) =>
        propertiesOf('AWS::Lambda::Function').find(
          ({ FunctionName }) => FunctionName === `punctual-dev-${name}`,
        )?.Environment.Variables;
      const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
      const [queue] = propertiesOf('AWS::SQS::Queue').filter(({ RedrivePolicy }) => RedrivePolicy);
      expect(told('punctual-sweeper')).toMatchObject({ PUNCTUAL_ALERTS_TOPIC: { Ref: topic } });
      expect(told('punctual-finalizer')).toMatchObject({
        PUNCTUAL_MOST_TRIES: String(queue?.RedrivePolicy.maxReceiveCount),
      });
    });

    test('may start one another without end: a run that ends starts the one that waits', () => {
      const loops = propertiesOf('AWS::Lambda::Function')
        .filter(({ RecursiveLoop }) => RecursiveLoop === 'Allow')
        .map(({ FunctionName }) => FunctionName);
      const expected = [...JOBS, 'punctual-finalizer'].map((name) => `punctual-dev-${name}`);
      expect(loops.sort()).toEqual(expected.sort());
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

  test('a group, and the limits of a run', async () => {
    const job = { every: '1 hour', handler: 'update-stuck-builds' } as const;
    const groups = { database: { limit: 2 } };
    const template = await templateOf(
      'dev',
      { job: { ...job, group: 'database', priority: 7, overlap: 'bufferOne', concurrency: 3 } },
      groups,
    );
    const [limits] = Object.values(template.findResources('AWS::Lambda::Function'))
      .map(({ Properties }) => Properties.Environment.Variables.PUNCTUAL_LIMITS)
      .filter((text) => text !== undefined);
    expect(JSON.parse(limits)).toMatchObject({
      lock: 'group:database',
      room: 2,
      concurrency: 3,
      overlap: 'bufferOne',
      priority: 7,
    });
  });

  test('timeout and memory', async () => {
    const template = await only({ every: '1 hour', timeout: '90 seconds', memory: 512 });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 90, MemorySize: 512 });
  });
});
