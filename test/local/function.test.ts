import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { LocalFunction } from '../../local/function.ts';
import { Pool } from '../../local/pool.ts';
import type { FunctionResource } from '../../local/resources.ts';
import { functionNamed } from './parts.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/functions');
const HERE = resolve(import.meta.dirname, 'functions');
const START = Date.parse('2031-05-06T07:08Z');

let folder: string;
let log: number;
const started: LocalFunction[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'punctual-'));
  log = openSync(join(folder, 'log'), 'a');
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((fn) => fn.stop()));
  closeSync(log);
  rmSync(folder, { recursive: true });
});

function functionOf(
  handler: string,
  settings: Partial<FunctionResource> = {},
  speed = Number.POSITIVE_INFINITY,
  pool?: Pool,
) {
  const clock = new Clock(START, speed);
  clock.start();
  const resource = functionNamed('greeter', {
    code: FIXTURES,
    handler,
    timeoutSeconds: 60,
    environment: { TABLE: 'builds' },
    logGroup: '/jobs/greeter',
    ...settings,
  });
  const endpoints = { dynamodb: 'http://db', services: 'http://services' };
  const fn = new LocalFunction(resource, clock, endpoints, log, pool);
  started.push(fn);
  return { fn, clock };
}

/** What tell.mjs tells. */
// biome-ignore lint/suspicious/noExplicitAny: it is whatever the fixture returns
async function told(fn: LocalFunction, event: unknown = {}, requestId = 'request-1'): Promise<any> {
  const answer = await fn.invoke(event, requestId);
  return 'payload' in answer ? answer.payload : expect.fail(JSON.stringify(answer.error));
}

describe('an invocation', () => {
  test("sees Lambda's context, with the time that remains", async () => {
    const { fn } = functionOf('tell.handler', { timeoutSeconds: 30 });
    const { event, context } = await told(fn, { job: 'greet' }, 'request-7');
    expect(event).toEqual({ job: 'greet' });
    expect(context).toMatchObject({
      awsRequestId: 'request-7',
      functionName: 'greeter',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:greeter',
      memoryLimitInMB: '128',
      logGroupName: '/jobs/greeter',
      logStreamName: expect.stringMatching(/^2031\/05\/06\/greeter\[\$LATEST\][\da-f]{32}$/),
    });
    expect(context.remaining).toBeGreaterThan(0);
    expect(context.remaining).toBeLessThanOrEqual(30_000);
  });

  test('has a log stream without its name in a group of its own', async () => {
    const { fn } = functionOf('tell.handler', { logGroup: '/aws/lambda/greeter' });
    const { context } = await told(fn);
    expect(context.logStreamName).toMatch(/^2031\/05\/06\/\[\$LATEST\][\da-f]{32}$/);
  });

  test("has the template's variables and Lambda's, and none of this machine's", async () => {
    const { fn } = functionOf('tell.handler');
    const { env } = await told(fn);
    expect(env).toMatchObject({
      TABLE: 'builds',
      AWS_LAMBDA_FUNCTION_NAME: 'greeter',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://db',
      AWS_ENDPOINT_URL_SESV2: 'http://services',
      AWS_ENDPOINT_URL_SCHEDULER: 'http://services',
      AWS_ENDPOINT_URL_LAMBDA: 'http://services',
      AWS_ENDPOINT_URL_SNS: 'http://services',
    });
    const lambdas = /^(AWS_|LAMBDA_|_HANDLER$|PATH$|LANG$|TZ$)/;
    expect(Object.keys(env).filter((name) => !lambdas.test(name))).toEqual(['TABLE']);
    expect(env.PATH).not.toBe(process.env.PATH);
  });

  test('has the memory of the template', async () => {
    const { fn } = functionOf('tell.handler', { memoryMb: 200 });
    expect((await told(fn)).heap).toEqual(['--max-old-space-size=200']);
  });

  test('reads the simulated time from every form of Date, and is given times as they are', async () => {
    const { fn, clock } = functionOf('tell.handler');
    const { time, given, sameClass } = await told(fn);
    const called = Date.parse(time.called);
    for (const seen of [time.now, Date.parse(time.constructed), called + 999]) {
      expect(seen).toBeGreaterThanOrEqual(START);
      expect(seen).toBeLessThanOrEqual(clock.now() + 999);
    }
    expect(given).toBe('1970-01-01T00:00:00.000Z');
    expect(sameClass).toBe(true);
  });

  test('that returns nothing answers null', async () => {
    const { fn } = functionOf('fail.handler');
    expect(await fn.invoke({ how: 'not at all' }, 'r')).toEqual({ payload: null });
  });

  test('prints to the log of the function', async () => {
    const { fn } = functionOf('fail.handler');
    await fn.invoke({ how: 'throw' }, 'r');
    const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
    expect(lines.sort()).toEqual(['line on standard error', 'line on standard output']);
  });
});

describe('environments', () => {
  test('are stopped where there are too many, and start anew, each with its own instance', async () => {
    const pool = new Pool(1);
    const { fn: one } = functionOf('tell.handler', {}, undefined, pool);
    const { fn: other } = functionOf('tell.handler', {}, undefined, pool);
    const first = await told(one);
    await told(other);
    const { pid, invocations } = await told(one);
    expect(pid).not.toBe(first.pid);
    expect(invocations).toBe(1);
    expect(() => process.kill(first.pid, 0)).toThrow('ESRCH');
  });

  test('are used again, and another is started only while all are busy', async () => {
    const { fn } = functionOf('tell.handler');
    const first = await told(fn);
    const second = await told(fn);
    expect([second.pid, second.invocations]).toEqual([first.pid, 2]);
    const both = await Promise.all([told(fn), told(fn)]);
    expect(new Set(both.map(({ pid }) => pid)).size).toBe(2);
    const again = await Promise.all([told(fn), told(fn)]);
    expect(again.map(({ pid }) => pid).sort()).toEqual(both.map(({ pid }) => pid).sort());
  });

  test('see the simulated time of each invocation, however far the clock has jumped', async () => {
    const { fn, clock } = functionOf('tell.handler');
    await told(fn);
    const hour = 3_600_000;
    await clock.reached(START + hour);
    const { time, invocations } = await told(fn);
    expect(invocations).toBe(2);
    expect(time.now).toBeGreaterThanOrEqual(START + hour);
    expect(time.now).toBeLessThanOrEqual(clock.now());
  });
});

describe.each([1, 60, Number.POSITIVE_INFINITY])('at speed %d', (speed) => {
  test('a function that is quick enough in real time is never killed', async () => {
    const { fn, clock } = functionOf('wait.handler', { timeoutSeconds: 5 }, speed);
    const before = clock.now();
    expect(await fn.invoke({ ms: 200 }, 'r')).toEqual({ payload: { took: expect.any(Number) } });
    expect(clock.now() - before).toBeLessThan(5_000);
  });
});

describe('a function ends with', () => {
  test('Sandbox.Timedout where it outlives its timeout; the next invocation has a new environment', async () => {
    const { fn, clock } = functionOf('wait.handler', { timeoutSeconds: 0.25 });
    const before = clock.now();
    expect(await fn.invoke({}, 'r')).toEqual({
      error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 0.25 seconds' },
      died: true,
    });
    expect(clock.now() - before).toBeGreaterThanOrEqual(250);
    expect(await fn.invoke({ ms: 1 }, 'r')).toEqual({ payload: { took: expect.any(Number) } });
  });

  test('the name and message of what it throws', async () => {
    const { fn } = functionOf('fail.handler');
    expect(await fn.invoke({ how: 'throw' }, 'r')).toEqual({
      error: { errorType: 'TypeError', errorMessage: 'no such licence', trace: expect.any(Array) },
    });
  });

  test('Runtime.ExitError where its process ends', async () => {
    const { fn } = functionOf('fail.handler');
    expect(await fn.invoke({ how: 'exit' }, 'r')).toEqual({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: 'Runtime exited with error: exit status 3',
      },
      died: true,
    });
  });

  test("Runtime.ExitError where it fills V8's heap, at the smallest memory of all and at 128 MB", async () => {
    for (const memoryMb of [16, 128]) {
      const { fn } = functionOf('fail.handler', { memoryMb });
      expect(await fn.invoke({ how: 'hoard' }, 'r')).toMatchObject({
        error: {
          errorType: 'Runtime.ExitError',
          errorMessage: expect.stringMatching(/signal: (aborted|killed)$/),
        },
      });
    }
  });

  test.runIf(process.platform === 'linux')(
    'Runtime.ExitError where it fills memory outside of the heap',
    async () => {
      const { fn } = functionOf('grow.handler', { code: HERE });
      expect(await fn.invoke({}, 'r')).toEqual({
        error: {
          errorType: 'Runtime.ExitError',
          errorMessage: 'Runtime exited with error: signal: killed',
        },
        died: true,
      });
    },
  );

  test.runIf(process.platform === 'linux')('no core dump', async () => {
    const { fn } = functionOf('limits.handler', { code: HERE });
    expect(await told(fn)).toMatch(/^Max core file size +0 /m);
  });

  test.each([
    ['broken.handler', 'RangeError', 'no table configured'],
    ['incomplete.handler', 'Runtime.ImportModuleError', 'not-there.mjs'],
    ['absent.handler', 'Runtime.ImportModuleError', "Cannot find module 'absent'"],
    ['tell.absent', 'Runtime.HandlerNotFound', 'tell.absent is undefined or not exported'],
  ])('%s: %s, at every invocation', async (handler, errorType, errorMessage) => {
    const { fn } = functionOf(handler);
    for (const requestId of ['first', 'second']) {
      expect(await fn.invoke({}, requestId)).toMatchObject({
        died: true,
        error: { errorType, errorMessage: expect.stringContaining(errorMessage) },
      });
    }
  });
});

test('a stopped function leaves no process', async () => {
  const { fn } = functionOf('tell.handler');
  const { pid } = await told(fn);
  await fn.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
