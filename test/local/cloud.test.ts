import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { type CloudSetup, LocalCloud } from '../../local/cloud.ts';
import { localClient } from '../../local/dynamodb.ts';
import { HttpServer } from '../../local/http.ts';
import { LOGS } from '../../local/logs.ts';
import { lineOf, lineOfAlert, type Report } from '../../local/report.ts';
import type { Resources } from '../../local/resources.ts';
import { functionNamed, queueNamed, ROLE, scheduleOf } from './parts.ts';

const FROM = Date.parse('2026-03-01T00:00Z');
const MINUTE = 60_000;
const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:app-Alerts';
const NOWHERE = 'http://127.0.0.1:1';

const poison = queueNamed('poison');
const failures = queueNamed('failures', { deadLetterArn: poison.arn, maxReceiveCount: 2 });

let folder: string;
let http: HttpServer;
let cloud: LocalCloud;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'punctual-'));
  writeFileSync(join(folder, 'seen'), '');
  http = await HttpServer.listen(0);
});

afterEach(async () => {
  await Promise.all([cloud.stop(), http.close()]);
  rmSync(folder, { recursive: true });
});

/** A stack of the jobs `sweep`, every ten minutes with this payload, and `other`, never. */
function stackWith(payload: unknown): Resources {
  const functions = ['sweep', 'other'].map((job) =>
    functionNamed(`app-${job}`, { handler: 'job.handler', onFailureArn: failures.arn }),
  );
  const closer = functionNamed('app-punctual-finalizer', { handler: 'closer.handler' });
  const target = functions[0]?.arn ?? '';
  const event = { job: 'sweep', attempt: 1, scheduledTime: '<aws.scheduler.scheduled-time>' };
  const input = JSON.stringify({ ...event, payload });
  return {
    stackName: 'app',
    functions: [...functions, closer].map((fn) => ({
      ...fn,
      code: resolve(import.meta.dirname, 'functions'),
      timeoutSeconds: 60,
      environment: { SEEN: join(folder, 'seen'), TARGET: target, ROLE, TOPIC },
    })),
    schedules: [scheduleOf({ input, deadLetterArn: failures.arn })],
    operators: [],
    scheduleGroups: ['app'],
    queues: [failures, poison],
    eventSources: [
      { queueArn: failures.arn, functionName: closer.name, batchSize: 10, partial: true },
    ],
    topics: [TOPIC],
    roles: [ROLE],
    tables: [],
  };
}

/** Runs it for so many minutes; what was seen, what was told, and what was left. */
async function run(payload: unknown, minutes: number, more: Partial<CloudSetup> = {}) {
  const reports: Report[] = [];
  const to = FROM + minutes * MINUTE;
  const clock = new Clock(FROM, Number.POSITIVE_INFINITY);
  const client = localClient(NOWHERE);
  cloud = new LocalCloud({
    root: folder,
    resources: stackWith(payload),
    clock,
    client,
    endpoint: NOWHERE,
    http,
    from: FROM,
    to,
    deliveries: () => [0],
    seed: 1,
    onRun: (report) => reports.push(report),
    ...more,
  });
  await cloud.start();
  await clock.reached(to);
  await cloud.settled();
  const withdrawn = await cloud.finish();
  client.destroy();
  return {
    seen: readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n'),
    told: reports.map((report) => lineOf({ ...report, durationMs: 0 }, 0).slice(11)),
    left: cloud.left(),
    withdrawn,
  };
}

const nothing = { schedules: 0, messages: 0, poison: 0 };

test('who dies reaches the queue, its reader makes a schedule, and that runs it again', async () => {
  const { seen, told, left } = await run({ dies: 2 }, 10);
  expect(seen).toEqual([
    '00:00 sweep attempt 1',
    '00:00 closer Runtime.ExitError',
    '00:01 sweep attempt 2',
    '00:01 closer Runtime.ExitError',
    '00:02 sweep attempt 3',
  ]);
  const died = 'Runtime.ExitError: Runtime exited with error: exit status 3';
  expect(told).toEqual([
    `00:00:00  sweep  crashed        0 ms  ${died}`,
    expect.stringMatching(`00:01:0.  sweep  crashed        0 ms  attempt 2: ${died}`),
    expect.stringMatching('00:02:0.  sweep  succeeded      0 ms  attempt 3'),
  ]);
  expect(left).toEqual(nothing);
});

test('what is still to run at the end is left, and counted', async () => {
  const { seen, left } = await run({ dies: 9 }, 1);
  expect(seen).toEqual(['00:00 sweep attempt 1', '00:00 closer Runtime.ExitError']);
  expect(left).toEqual({ ...nothing, schedules: 1 });
});

test('a message that nobody can deal with ends as poison, the run in between notwithstanding', async () => {
  const { seen, told, left } = await run({ dies: 1, poisonous: true }, 10);
  expect(seen.slice(1)).toEqual([
    '00:00 closer Runtime.ExitError',
    '00:03 closer Runtime.ExitError',
  ]);
  expect(told).toHaveLength(1);
  expect(left).toEqual({ ...nothing, poison: 1 });
});

test('a message that waits for its visibility timeout at the end is left, and counted', async () => {
  const { left } = await run({ dies: 1, poisonous: true }, 2);
  expect(left).toEqual({ ...nothing, messages: 1 });
});

test('what EventBridge gives up is told, and reaches the queue', async () => {
  const { seen, told, left } = await run({}, 15, {
    undeliverable: (job, tick) => job === 'sweep' && tick === '2026-03-01T00:00Z',
  });
  expect(seen.sort()).toEqual([
    '00:10 closer AWS.Lambda.ThrottlingException',
    '00:10 sweep attempt 1',
  ]);
  expect(told).toContain(
    '00:10:00  sweep  missed         0 ms  not delivered: AWS.Lambda.ThrottlingException',
  );
  expect(left).toEqual(nothing);
});

test('a function starts another one; what takes its place in a queue is not told', async () => {
  const { seen, told } = await run({ starts: 'other', status: 'waiting' }, 1);
  expect(seen).toEqual(['00:00 sweep attempt 1', '00:00 other attempt 1']);
  expect(told).toEqual([]);
});

test('while EventBridge is off nothing fires', async () => {
  const off = [{ from: FROM, to: FROM + MINUTE }];
  const { seen, withdrawn } = await run({}, 15, { eventBridgeOff: off });
  expect(seen).toEqual(['00:10 sweep attempt 1']);
  expect(withdrawn).toEqual([]);
});

test('logs are named after the jobs, and after the other functions without the stack', async () => {
  await run({ dies: 1 }, 1);
  for (const name of ['sweep', 'other', 'punctual-finalizer']) {
    expect(readFileSync(join(folder, LOGS, `${name}.log`), 'utf8')).toBe('');
  }
});

test('what a function publishes is kept, and told at its simulated time', async () => {
  const told: string[] = [];
  await run({ alerts: '[app] sweep failed' }, 15, {
    onAlert: (alert) => told.push(lineOfAlert(alert, 'sweep'.length)),
  });
  expect(cloud.alerts).toMatchObject([
    { topicArn: TOPIC, subject: '[app] sweep failed', text: 'sweep 1' },
    { subject: '[app] sweep failed' },
  ]);
  expect(told).toEqual([
    expect.stringMatching(/^2026-03-01 00:00:0\d {2}alert {2}\[app\] sweep failed$/),
    expect.stringMatching(/^2026-03-01 00:10:0\d {2}alert {2}\[app\] sweep failed$/),
  ]);
});
