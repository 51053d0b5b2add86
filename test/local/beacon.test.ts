import { expect, test } from 'vitest';
import { deployedOf } from '../../core/run/limits.ts';
import { resolveJob } from '../../core/schedule/resolve.ts';
import { beaconOf } from '../../local/beacon.ts';
import { Problem } from '../../local/problem.ts';
import type { Assembly } from '../../local/template.ts';

const OUTPUTS = {
  LocksTable: { Value: { Ref: 'Locks' } },
  RunsTable: { Value: { Ref: 'Runs' } },
  FiringRole: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  DeadLetters: { Value: { 'Fn::GetAtt': ['Failures', 'Arn'] } },
};

function assembly(outputs: object): Assembly {
  const types = {
    Locks: 'AWS::DynamoDB::GlobalTable',
    Runs: 'AWS::DynamoDB::GlobalTable',
    Role: 'AWS::IAM::Role',
    Failures: 'AWS::SQS::Queue',
  };
  const resources = Object.entries(types).map(([id, Type]) => [id, { Type }]);
  return {
    stackName: 'app',
    template: {
      Resources: Object.fromEntries(resources),
      Outputs: outputs as Assembly['template']['Outputs'],
      Metadata: { Punctual: { jobs: [] } },
    },
    assets: new Map(),
  };
}

test('tells what the outputs of the stack say, with local names', () => {
  expect(beaconOf(assembly(OUTPUTS), 'http://127.0.0.1:1', '/project')).toEqual({
    stack: 'app',
    region: 'eu-central-1',
    dynamodb: 'http://127.0.0.1:1',
    jobs: [],
    settings: {
      locksTable: 'app-Locks',
      runsTable: 'app-Runs',
      group: 'app',
      functions: 'app',
      firingRole: 'arn:aws:iam::000000000000:role/app-Role',
      deadLetters: 'arn:aws:sqs:eu-central-1:000000000000:app-Failures',
    },
    logs: '/project/.punctual/logs',
  });
});

test('of a fleet it tells the jobs of all nested stacks, by name, and what their functions are called', () => {
  const { template, ...root } = assembly(OUTPUTS);
  const nested = [['b', 'd'], undefined, ['a', 'c']].map((names, i) => ({
    ...root,
    stackName: `app-Shard${i}`,
    template: {
      Resources: {},
      ...(names && { Metadata: { Punctual: { jobs: names.map(deployed) } } }),
    },
  }));
  const Metadata = { Punctual: { functions: 'app-fleet32', jobs: [] } };
  const fleet: Assembly = { ...root, template: { ...template, Metadata }, nested };
  const { jobs, settings } = beaconOf(fleet, 'http://127.0.0.1:1', '/project');
  expect(jobs.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(settings).toMatchObject({ group: 'app', functions: 'app-fleet32' });
});

const deployed = (name: string) => deployedOf(resolveJob(name, { every: '5 minutes' }));

test('a stack without the outputs is refused', () => {
  const { RunsTable: _, ...others } = OUTPUTS;
  expect(() => beaconOf(assembly(others), '', '')).toThrow(
    new Problem("the stack has no output 'RunsTable'"),
  );
});
