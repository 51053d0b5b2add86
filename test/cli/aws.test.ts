import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Beacon } from '../../local/beacon.ts';
import { nobodysEndpoint } from '../support/bad-store.ts';
import { Cloud, punctual } from './cloud.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';

const ROW = { job: 'import-invoices', tick: '2026-03-01T09:03Z' };
const LINES = [
  { level: 'INFO', message: 'reading', ...ROW },
  { level: 'INFO', message: 'another run', job: ROW.job, tick: '2026-03-01T09:23Z' },
  { _aws: {}, job: ROW.job, Failed: 1 },
];

let cloud: Cloud;
let aws: FakeAws;

beforeAll(async () => {
  cloud = await Cloud.open('2026-03-01T08:00Z');
  await cloud.playTo('2026-03-01T09:05:00Z');
  const answer = await fetch(`${cloud.address}/cloud.json`);
  const beacon = (await answer.json()) as Beacon;
  aws = await startFakeAws(beacon, LINES);
});
afterAll(async () => {
  aws.close();
  await cloud.close();
});

const inAws = (...args: string[]) => punctual(args, aws.environment);

test('a stack is found by its name or its stage, with the jobs as they were deployed', async () => {
  for (const which of [
    ['--stack', 'punctual-dev'],
    ['--stage', 'dev'],
  ]) {
    const { code, stderr, json } = await inAws('runs', '--limit', '1', '--json', ...which);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json()).toMatchObject([{ ...ROW, status: 'failed' }]);
  }
});

test('the jobs of a fleet are those of its nested stacks, by name', async () => {
  const answer = await fetch(`${cloud.address}/cloud.json`);
  const beacon = (await answer.json()) as Beacon;
  const settings = { ...beacon.settings, functions: 'punctual-dev-fleet32' };
  const fleet = await startFakeAws({ ...beacon, settings }, LINES, 4);
  try {
    const { code, stderr, json } = await punctual(
      ['list', '--json', '--stage', 'dev'],
      fleet.environment,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const names = beacon.jobs.map(({ name }) => name).sort();
    expect(json<{ job: string }[]>().map(({ job }) => job)).toEqual(names);
    await punctual(['logs', ROW.job, '--stage', 'dev'], fleet.environment);
    expect(fleet.logsAsked[0]?.logStreamNamePrefix).toMatch(
      /\/punctual-dev-fleet32-import-invoices\[$/,
    );
  } finally {
    fleet.close();
  }
});

test('a run links to its lines', async () => {
  const { stdout } = await inAws('show', ROW.job, ROW.tick, '--stage', 'dev');
  expect(stdout).toContain('https://eu-central-1.console.aws.amazon.com/cloudwatch/home?');
});

test('the lines of a job are those of its streams, the lines of a run those that name it', async () => {
  const all = await inAws('logs', ROW.job, '--stage', 'dev', '--since', '1m');
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toBe(
    '2026-03-01 09:03:00.000 INFO  reading\n2026-03-01 09:03:00.001 INFO  another run\n',
  );
  for (const asked of aws.logsAsked.splice(0)) {
    expect(asked).toMatchObject({
      logGroupName: '/punctual/punctual-dev',
      logStreamNamePrefix: expect.stringMatching(
        /^\d{4}\/\d\d\/\d\d\/punctual-dev-import-invoices\[$/,
      ),
    });
  }
  const one = await inAws('logs', ROW.job, ROW.tick, '--stage', 'dev');
  expect(one.stdout).toBe('2026-03-01 09:03:00.000 INFO  reading\n');
  expect(aws.logsAsked).toHaveLength(1);
  expect(aws.logsAsked[0]?.filterPattern).toMatch(
    /^\{ \(\(\$\.job = "import-invoices"\) && \(\$\.tick = "2026-03-01T09:03Z"\)\) \|\| \(\$\.requestId = "[^"]+"\) \|\| /,
  );
});

test('a missing stack is one line', async () => {
  const { code, stdout, stderr } = await inAws('list', '--stage', 'prod');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^there is no stack 'punctual-prod' in this account and region; .*\n$/);
});

test('tables that give no answer are the worst of health, not an error', async () => {
  const environment = { ...aws.environment, AWS_ENDPOINT_URL_DYNAMODB: await nobodysEndpoint() };
  const { code, stderr, json } = await punctual(
    ['health', '--stage', 'dev', '--json'],
    environment,
  );
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  expect(json()).toMatchObject({ status: 'failing', store: { reachable: false } });
});
