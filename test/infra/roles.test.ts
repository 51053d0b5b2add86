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
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Resource: [locks(view), runs(view)],
        // What was made for it at run time is its own, too.
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [job, `${job}@*`] } },
      },
    ]);
  });

  test.each(JOBS)('%s may call its own function and no other', (job) => {
    expect(calls(view, job)).toEqual([`${LAMBDA}-${job}`]);
  });

  test.each([...JOBS, 'punctual-sweeper', 'punctual-finalizer', 'punctual-console'])(
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
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': ['group:database', 'import', 'export', 'import@*', 'export@*'],
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
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['alone', 'alone@*'] } },
    ]);
    expect(calls(view, 'alone')).toEqual([`${LAMBDA}-alone`]);
  });
});

test('as many jobs as a stack holds, all in one group, outgrow neither a policy nor the template', async () => {
  const names = Array.from({ length: 90 }, (_, i) => `job-${i}-`.padEnd(40, 'x'));
  const settings = {
    every: '1 hour',
    handler: 'update-stuck-builds',
    group: 'all',
    access: ['application', 'email'],
  } as const;
  const list = Object.fromEntries(names.map((name) => [name, settings]));
  const options = { alertEmail: 'ops@example.com', healthUrl: true };
  const template = await templateOf('dev', list, { all: { limit: 3 } }, options);
  const view = new View(template);
  // CDK would move into further resources what does not fit into one policy.
  expect(view.all('AWS::IAM::ManagedPolicy').size).toBe(0);
  for (const { PolicyDocument } of view.all('AWS::IAM::Policy').values()) {
    expect(JSON.stringify(PolicyDocument).length).toBeLessThan(10_240);
  }
  expect(JSON.stringify(template.toJSON()).length).toBeLessThan(1_000_000);
  expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(500);
  expect(calls(view, names[0] as string)).toEqual([`${LAMBDA}-*`]);
});

describe('the operators', () => {
  let view: View;
  beforeAll(async () => {
    view = new View(await templateOf('dev', undefined, undefined, { healthUrl: true }));
  });
  /** On both tables. CDK puts into one statement, and in order, what is granted on the same. */
  const may = (...actions: string[]) => ({
    Effect: 'Allow',
    Action: actions.map((action) => `dynamodb:${action}`),
    Resource: [locks(view), runs(view)],
  });
  const mayQuery = (Resource: string | string[]) => ({
    Effect: 'Allow',
    Action: 'dynamodb:Query',
    Resource,
  });
  const attention = () => `${runs(view)}/index/attention`;

  test('the sweeper reads and closes everything, and looks for what needs attention', () => {
    expect(onLedger(view, 'punctual-sweeper')).toEqual([
      may('BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'),
      mayQuery(attention()),
    ]);
  });

  test('the sweeper alone publishes to the topic', () => {
    const [topic] = view.one('AWS::SNS::Topic', () => true);
    expect(doing(view.statementsOf('punctual-sweeper'), 'sns:')).toEqual([
      { Effect: 'Allow', Action: 'sns:Publish', Resource: topic },
    ]);
    const others = [...JOBS, 'punctual-finalizer', 'punctual-console', 'punctual-health'];
    for (const name of others) expect(doing(view.statementsOf(name), 'sns:')).toEqual([]);
  });

  test('the console reads everything, and pauses, frees and notes who did it', () => {
    expect(onLedger(view, 'punctual-console')).toEqual([
      may('BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'),
      mayQuery([runs(view), attention()]),
    ]);
  });

  test('the health report reads everything, and can do nothing else but write its log', () => {
    expect(onLedger(view, 'punctual-health')).toEqual([
      may('BatchGetItem', 'GetItem'),
      mayQuery([runs(view), attention()]),
    ]);
    const services = view
      .statementsOf('punctual-health')
      .flatMap(({ Action }) => Action)
      .map((action) => action.split(':')[0]);
    expect(new Set(services)).toEqual(new Set(['dynamodb', 'logs']));
  });

  test('the finalizer reads and closes everything', () => {
    expect(onLedger(view, 'punctual-finalizer')).toEqual([may('GetItem', 'PutItem', 'UpdateItem')]);
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

  test.each(['punctual-sweeper', 'punctual-finalizer', 'punctual-console'])(
    '%s may start any job',
    (operator) => {
      expect(calls(view, operator)).toEqual([`${LAMBDA}-*`]);
    },
  );

  test('all write to the one log group, and make none', () => {
    const [group] = view.one('AWS::Logs::LogGroup', () => true);
    for (const name of [...JOBS, 'punctual-sweeper', 'punctual-console']) {
      expect(doing(view.statementsOf(name), 'logs:')).toEqual([
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: `${group}.Arn`,
        },
      ]);
    }
  });
});
