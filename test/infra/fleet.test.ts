import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationValidatePlugin } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { functionName } from '../../core/run/function-name.ts';
import type { Groups, Schedules } from '../../core/schedule/settings.ts';
import { type Fleet, fleetOf, manyJobs, pooledJobs } from './fleet.ts';

/** All resources of the nested stacks of a type. */
const nestedOf = ({ nested }: Fleet, type: string) =>
  [...nested.values()].flatMap(({ Resources }) =>
    Object.values(Resources).filter(({ Type }) => Type === type),
  );
const rootOf = ({ root }: Fleet, type: string) =>
  Object.entries(root.Resources).filter(([, { Type }]) => Type === type);

const STACK = 'AWS::CloudFormation::Stack';
const FUNCTION = 'AWS::Lambda::Function';
const SCHEDULE = 'AWS::Scheduler::Schedule';

describe.each([
  ['91 jobs', manyJobs(91), 91],
  ['200 jobs', manyJobs(200), 200],
  ['1000 jobs', manyJobs(1000), 1000],
  ['10,000 schedules of 50 pools', pooledJobs(10_000, 50), 50],
])('%s', (_, schedules, functions) => {
  let fleet: Fleet;
  beforeAll(() => {
    fleet = fleetOf(schedules);
  });

  test('fit, each template into the limits of CloudFormation', () => {
    // Those of the jobs, and those of the functions of pools.
    expect(fleet.nested.size).toBeLessThanOrEqual(64);
    for (const [file, text] of fleet.texts) {
      const { Resources, Parameters = {} } = fleet.nested.get(file) ?? fleet.root;
      expect.soft(Object.keys(Resources).length, file).toBeLessThanOrEqual(500);
      expect.soft(Buffer.byteLength(text), file).toBeLessThan(1_000_000);
      // The limit is 200; the names of what all jobs share are ten or so, and must not grow with them.
      expect.soft(Object.keys(Parameters).length, file).toBeLessThanOrEqual(12);
    }
  });

  test('are all there, once', () => {
    const names = nestedOf(fleet, SCHEDULE).map(
      ({ Properties }) => JSON.parse(Properties.Target.Input).job,
    );
    expect([...new Set(names)].sort()).toEqual(Object.keys(schedules).sort());
    expect(nestedOf(fleet, FUNCTION)).toHaveLength(functions);
    expect(nestedOf(fleet, 'AWS::IAM::Role')).toHaveLength(functions);
  });
});

describe('a fleet', () => {
  const groups: Groups = { database: { limit: 2 } };
  const list: Schedules = {
    ...manyJobs(120),
    ...pooledJobs(12, 2),
    import: {
      every: '1 hour',
      handler: 'idle',
      group: 'database',
      access: ['application', 'email'],
    },
    export: { every: '1 hour', handler: 'idle', group: 'database' },
  };
  let fleet: Fleet;
  beforeAll(() => {
    fleet = fleetOf(list, groups);
  });
  const properties = (type: string) => nestedOf(fleet, type).map(({ Properties }) => Properties);

  test('leaves in the stack what is not of a job', () => {
    const names = rootOf(fleet, FUNCTION).map(([, { Properties }]) => Properties.FunctionName);
    const operators = ['sweeper', 'finalizer', 'console', 'health'];
    expect(names.sort()).toEqual(operators.map((name) => `punctual-dev-punctual-${name}`).sort());
    expect(rootOf(fleet, SCHEDULE).map(([, { Properties }]) => Properties.Name)).toEqual([
      'punctual-sweeper',
    ]);
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::SQS::Queue', 'AWS::CloudWatch::Alarm'])
      expect(properties(type)).toEqual([]);
  });

  test('has other names than the same jobs in one stack: while a list grows, both are there', () => {
    const functions = properties(FUNCTION).map(({ FunctionName }) => FunctionName);
    expect(functions).toContain('punctual-dev-fleet32-job-7');
    expect(functions).toContain('punctual-dev-fleet32-sync-1');
    const schedules = properties(SCHEDULE).map(({ Name }) => Name);
    // One of 8 minutes needs two.
    expect(schedules).toEqual(
      expect.arrayContaining(['fleet32_job-1', 'fleet32_job-1.2', 'fleet32_sync-1_tenant-3']),
    );
    expect(new Set(schedules).size).toBe(schedules.length);
    for (const name of schedules) expect(name).toMatch(/^[\w.-]{1,64}$/);
  });

  test('tells every function what the names of the jobs begin with', () => {
    const all = [
      ...properties(FUNCTION),
      ...rootOf(fleet, FUNCTION).map(([, one]) => one.Properties),
    ];
    for (const { Environment, FunctionName } of all)
      expect
        .soft(Environment.Variables.PUNCTUAL_FUNCTIONS, FunctionName)
        .toBe('punctual-dev-fleet32');
    for (const { Environment, FunctionName } of properties(FUNCTION)) {
      const { PUNCTUAL_FUNCTIONS, PUNCTUAL_JOB } = Environment.Variables;
      expect(functionName(PUNCTUAL_FUNCTIONS, PUNCTUAL_JOB)).toBe(FunctionName);
    }
  });

  test('is told to the command line by the templates in which the schedules lie', () => {
    expect(fleet.root.Metadata?.Punctual).toEqual({ functions: 'punctual-dev-fleet32', jobs: [] });
    const told: string[] = [];
    for (const { Metadata, Resources } of fleet.nested.values()) {
      const names = (Metadata?.Punctual?.jobs ?? []).map(({ name }) => name);
      const scheduled = Object.values(Resources)
        .filter(({ Type }) => Type === SCHEDULE)
        .map(({ Properties }) => JSON.parse(Properties.Target.Input).job);
      expect(new Set(names)).toEqual(new Set(scheduled));
      told.push(...names);
    }
    expect(told.sort()).toEqual(Object.keys(list).sort());
  });

  test('is there before the sweeper looks for ticks, and after the group of the schedules', () => {
    const nested = rootOf(fleet, STACK);
    const [sweeper] = rootOf(fleet, FUNCTION)
      .map(([, one]) => one)
      .filter(({ Properties }) => Properties.FunctionName === 'punctual-dev-punctual-sweeper');
    expect(nested).toHaveLength(fleet.nested.size);
    expect(sweeper?.DependsOn).toEqual(expect.arrayContaining(nested.map(([id]) => id)));
    const [[group] = ['none']] = rootOf(fleet, 'AWS::Scheduler::ScheduleGroup');
    for (const [, { DependsOn }] of nested) expect(DependsOn).toContain(group);
  });

  test('is of stacks that know nothing of one another', () => {
    for (const [, { Properties }] of rootOf(fleet, STACK))
      expect(JSON.stringify(Properties.Parameters)).not.toMatch(/NestedStack|Outputs/);
    for (const template of fleet.nested.values()) expect(template).not.toHaveProperty('Outputs');
  });

  test('reaches a pool from wherever its jobs lie', () => {
    const targets = properties(SCHEDULE)
      .filter(({ Target }) => JSON.parse(Target.Input).job.startsWith('sync-1@'))
      .map(({ Target }) => JSON.stringify(Target.Arn));
    expect(targets).toHaveLength(6);
    for (const arn of targets) expect(arn).toMatch(/:function:punctual-dev-fleet32-sync-1"/);
  });

  test('has a pool before the schedules that call it', () => {
    const stacks = new Map(rootOf(fleet, STACK));
    const [[pool] = ['none']] = [...stacks].filter(([id]) => id.startsWith('JobsPools'));
    const waiting = [...stacks].filter(([, { DependsOn }]) => DependsOn?.includes(pool));
    expect(waiting.length).toBeGreaterThan(0);
    for (const [id] of waiting) expect(id).toMatch(/^JobsShard/);
  });

  test('gives a job its own keys and those of its group, and a pool those of all its jobs', () => {
    const keysOf = (job: string) =>
      properties('AWS::IAM::Policy')
        .filter(({ PolicyName }) => PolicyName.startsWith(`Jobs${job}Role`))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .flatMap(
          ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
        );
    expect(keysOf('job7')).toEqual(['job-7', 'job-7@*']);
    expect(keysOf('sync1')).toEqual(['sync-1', 'sync-1@*']);
    expect(keysOf('import')).toEqual([
      'group:database',
      'import',
      'export',
      'import@*',
      'export@*',
    ]);
  });

  test('passes the offline validation, nested templates and all', () => {
    expect(violationsOf(fleet.texts)).toEqual([]);
    // It looks: a name that EventBridge does not take is found.
    const [[file, text] = ['', '']] = [...fleet.texts].filter(([, text]) =>
      text.includes('"fleet32_'),
    );
    const spoilt = new Map([[file, text.replaceAll('"fleet32_', '"fleet@')]]);
    expect(violationsOf(spoilt)).not.toEqual([]);
  });

  test('is as long in prod', () => {
    const prod = fleetOf(list, groups, 'prod');
    expect(prod.nested.size).toBe(fleet.nested.size);
    const [table] = rootOf(prod, 'AWS::DynamoDB::GlobalTable');
    expect(table?.[1]).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(prod.root.Metadata?.Punctual?.functions).toBe('punctual-prod-fleet32');
  });
});

/** What CDK says of templates with `@aws-cdk/core:validateAgainstDefaultRules`; of nested ones it does so nowhere else. */
function violationsOf(texts: ReadonlyMap<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-templates-'));
  try {
    const templatePaths = [...texts].map(([file, text]) => {
      writeFileSync(join(folder, file), text);
      return join(folder, file);
    });
    const stackTemplates = templatePaths.map((templatePath) => ({
      templatePath,
      stackConstructPath: '',
    }));
    const { violations } = new CloudFormationValidatePlugin().validate({
      templatePaths,
      stackTemplates,
    } as never);
    return violations.map(({ ruleName, description }) => `${ruleName}: ${description}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a change of the list changes no more nested stacks than it must', () => {
  const before = { ...manyJobs(120), ...pooledJobs(30, 2) };
  const { 'job-3': gone, ...without } = before;
  const middle = Object.entries(before).toSpliced(50, 0, [
    'added',
    { every: '1 hour', handler: 'idle' },
  ]);
  let base: Fleet;
  beforeAll(() => {
    base = fleetOf(before);
  });
  const changed = (after: Schedules) => {
    const { texts } = fleetOf(after);
    const files = new Set([...texts.keys(), ...base.texts.keys()]);
    files.delete('punctual-dev.template.json');
    return [...files].filter((file) => texts.get(file) !== base.texts.get(file));
  };

  /** Those with another resource: a change of metadata alone is none to CloudFormation. */
  const deployed = (after: Schedules) => {
    const { nested } = fleetOf(after);
    const text = (template: unknown) =>
      JSON.stringify((template as { Resources?: unknown } | undefined)?.Resources);
    return changed(after).filter((file) => text(nested.get(file)) !== text(base.nested.get(file)));
  };

  test.each([
    ['a job at the end', { ...before, added: { every: '1 hour', handler: 'idle' } }],
    ['a job in the middle', Object.fromEntries(middle)],
    ['a job that leaves', without],
    ['a job with another payload', { ...before, 'job-3': { ...gone, payload: { all: true } } }],
    [
      'a job of a pool',
      { ...before, 'sync-1@added': { every: '1 hour', pool: 'sync-1', handler: 'idle' } },
    ],
    [
      'the first job of a pool that leaves',
      Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'sync-1@tenant-1')),
    ],
    [
      'a job that warns otherwise',
      { ...before, 'job-3': { ...gone, warnAfter: { warning: '60%' } } },
    ],
    [
      'a job that is off',
      { ...before, 'job-3': { ...(gone as Schedules[string]), enabled: false } },
    ],
  ] as [string, Schedules][])('one: %s', (_, after) => {
    expect(changed(after)).toHaveLength(1);
    expect(deployed(after)).toHaveLength(1);
  });

  test('a pool with another limit: its own, and all with its jobs, which the command line has to know', () => {
    const after = Object.fromEntries(
      Object.entries(before).map(([name, settings]) => [
        name,
        name.startsWith('sync-1@') ? { ...settings, pauseAfter: 9 } : settings,
      ]),
    ) as Schedules;
    expect(changed(after).length).toBeGreaterThan(2);
    expect(deployed(after)).toEqual(changed(after));
  });

  test('a job of a new pool: two', () => {
    const added = { every: '1 hour', pool: 'mail', handler: 'idle' } as const;
    expect(deployed({ ...before, 'mail@added': added })).toHaveLength(2);
  });

  test('and where nothing changes, none', () => {
    expect(changed(before)).toEqual([]);
  });
});
