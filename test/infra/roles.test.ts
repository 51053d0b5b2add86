import { beforeAll, describe, expect, test } from 'vitest';
import type { Groups, Schedules } from '../../core/schedule/settings.ts';
import { schedules } from '../../infra/schedules.ts';
import { templateOf } from '../support/template.ts';
import { type Statement, View } from './view.ts';

const JOBS = Object.keys(schedules);
const LAMBDA = 'arn:aws:lambda:eu-central-1:123456789012:function:punctual-dev';

const ledgerTables = (view: View) =>
  [...view.all('AWS::DynamoDB::GlobalTable').keys()].filter((id) => id.startsWith('Ledger'));
const [locks, runs] = ['LedgerLocks', 'LedgerRuns'].map(
  (start) => (view: View) => `${ledgerTables(view).find((id) => id.startsWith(start))}.Arn`,
) as [(view: View) => string, (view: View) => string];

const doing = (statements: Statement[], action: string) =>
  statements.filter(({ Action }) => [Action].flat().some((one) => one.startsWith(action)));

/** What a function may do with the ledger; other tables are the application's. */
const onLedger = (view: View, name: string) =>
  doing(view.statementsOf(name), 'dynamodb:').filter(({ Resource }) =>
    [Resource].flat().some((arn) => arn.startsWith('Ledger')),
  );

/** The functions that another may call. */
const calls = (view: View, name: string) =>
  doing(view.statementsOf(name), 'lambda:').flatMap(({ Resource }) => Resource);

describe('a job of the list', () => {
  let view: View;
  beforeAll(async () => {
    view = new View(await templateOf('dev'));
  });

  test.each(JOBS)('%s reaches only its own keys of the ledger', (job) => {
    expect(onLedger(view, job)).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Resource: [locks(view), runs(view)],
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [job] } },
      },
    ]);
  });

  test.each(JOBS)('%s may call its own function and no other', (job) => {
    expect(calls(view, job)).toEqual([`${LAMBDA}-${job}`]);
  });

  test.each([...JOBS, 'punctual-sweeper', 'punctual-finalizer'])(
    '%s makes schedules in our group alone, and hands the firing role to EventBridge alone',
    (name) => {
      const statements = view.statementsOf(name);
      const [role] = view.one('AWS::IAM::Role', (_, id) => id.includes('FiringRole'));
      expect(doing(statements, 'scheduler:')).toEqual([
        {
          Effect: 'Allow',
          Action: 'scheduler:CreateSchedule',
          Resource: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/punctual-dev/*',
        },
      ]);
      expect(doing(statements, 'iam:')).toEqual([
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: `${role}.Arn`,
          Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
        },
      ]);
    },
  );

  test('only the jobs that send e-mail may', () => {
    const senders = JOBS.filter((job) => doing(view.statementsOf(job), 'ses:').length > 0);
    expect(senders).toEqual([
      'send-build-complete-emails',
      'send-build-failed-emails',
      'send-license-expiry-warnings',
    ]);
  });

  test('no statement allows everything', () => {
    for (const { PolicyDocument } of view.all('AWS::IAM::Policy').values()) {
      for (const { Action, Resource } of PolicyDocument.Statement) {
        expect([Action].flat()).not.toContain('*');
        expect([Resource].flat()).not.toContain('*');
      }
    }
  });
});

describe('a job of a group', () => {
  const groups: Groups = { database: { limit: 2 } };
  const settings = { every: '1 hour', handler: 'update-stuck-builds' } as const;
  let view: View;
  beforeAll(async () => {
    const list: Schedules = {
      import: { ...settings, group: 'database' },
      export: { ...settings, group: 'database' },
      alone: settings,
    };
    view = new View(await templateOf('dev', list, groups));
  });
  const keys = (job: string) => onLedger(view, job).map(({ Condition }) => Condition);

  test('reaches the lock they share and the rows of all of them, since it closes those of the dead', () => {
    expect(keys('import')).toEqual([
      {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': ['group:database', 'import', 'export'],
        },
      },
    ]);
    expect(keys('export')).toEqual(keys('import'));
  });

  test('starts whichever of them waits', () => {
    expect(calls(view, 'import').sort()).toEqual([`${LAMBDA}-export`, `${LAMBDA}-import`]);
  });

  test('is out of reach for the jobs beside the group', () => {
    expect(keys('alone')).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['alone'] } },
    ]);
    expect(calls(view, 'alone')).toEqual([`${LAMBDA}-alone`]);
  });
});

test('as many jobs as a stack holds, all in one group, outgrow neither a policy nor the template', async () => {
  const names = Array.from({ length: 79 }, (_, i) => `job-${i}-`.padEnd(40, 'x'));
  const settings = {
    every: '1 hour',
    handler: 'update-stuck-builds',
    group: 'all',
    access: ['application', 'email'],
  } as const;
  const list = Object.fromEntries(names.map((name) => [name, settings]));
  const template = await templateOf('dev', list, { all: { limit: 3 } });
  const view = new View(template);
  // CDK would move into further resources what does not fit into one policy.
  expect(view.all('AWS::IAM::ManagedPolicy').size).toBe(0);
  for (const { PolicyDocument } of view.all('AWS::IAM::Policy').values()) {
    expect(JSON.stringify(PolicyDocument).length).toBeLessThan(10_240);
  }
  expect(JSON.stringify(template.toJSON()).length).toBeLessThan(1_000_000);
  expect(calls(view, names[0] as string)).toEqual([`${LAMBDA}-*`]);
});

describe('the operators', () => {
  let view: View;
  beforeAll(async () => {
    view = new View(await templateOf('dev'));
  });
  const close = () => ({
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    Resource: [locks(view), runs(view)],
  });

  test('the sweeper reads and closes everything, and looks for rows', () => {
    expect(onLedger(view, 'punctual-sweeper')).toEqual([
      close(),
      { Effect: 'Allow', Action: 'dynamodb:BatchGetItem', Resource: locks(view) },
      {
        Effect: 'Allow',
        Action: 'dynamodb:Query',
        Resource: [runs(view), `${runs(view)}/index/attention`],
      },
    ]);
  });

  test('the finalizer reads and closes everything', () => {
    expect(onLedger(view, 'punctual-finalizer')).toEqual([close()]);
  });

  test('the finalizer takes failures from the queue, and sends none', () => {
    const [queue] = view.one('AWS::SQS::Queue', ({ RedrivePolicy }) => RedrivePolicy);
    const [onQueue, ...others] = doing(view.statementsOf('punctual-finalizer'), 'sqs:');
    expect(others).toEqual([]);
    expect(onQueue?.Resource).toBe(`${queue}.Arn`);
    expect(onQueue?.Action).toEqual(
      expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:DeleteMessage']),
    );
    expect(onQueue?.Action).not.toContain('sqs:SendMessage');
    expect(doing(view.statementsOf('punctual-sweeper'), 'sqs:')).toEqual([]);
  });

  test.each(['punctual-sweeper', 'punctual-finalizer'])('%s may start any job', (operator) => {
    expect(calls(view, operator)).toEqual([`${LAMBDA}-*`]);
  });
});
