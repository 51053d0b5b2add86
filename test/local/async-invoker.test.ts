import { expect, test } from 'vitest';
import { AsyncInvoker, type Invocation } from '../../local/async-invoker.ts';
import { Clock } from '../../local/clock.ts';
import type { Answer } from '../../local/environment.ts';
import { HandMadeTime } from './hand-made-time.ts';

const START = Date.parse('2026-03-01T00:00Z');
const failure: Answer = { error: { errorType: 'Error', errorMessage: 'store away' } };
const success: Answer = { payload: null };

/** A function that gives these answers, one after another. */
function answering(asyncRetries: number, answers: Answer[]) {
  const resource = {
    name: 'f',
    arn: 'arn',
    code: '.',
    handler: 'index.handler',
    timeoutSeconds: 3,
    memoryMb: 128,
    environment: {},
    logGroup: 'f',
    asyncRetries,
  };
  return { resource, invoke: async () => answers.shift() ?? success };
}

async function run(asyncRetries: number, answers: Answer[], stopFirst = false) {
  const real = new HandMadeTime();
  const clock = new Clock(START, Number.POSITIVE_INFINITY, real);
  const heard: Invocation[] = [];
  const invoker = new AsyncInvoker(clock, (invocation) => heard.push(invocation));
  clock.start();
  const over = invoker.invoke(answering(asyncRetries, answers), { job: 'sweep' });
  if (stopFirst) invoker.stop();
  await real.passAll();
  await over;
  return { heard, minutes: heard.map(({ startedAt }) => (startedAt - START) / 60_000) };
}

test('what fails is run again after one and after two more minutes, under the same request id', async () => {
  const { heard, minutes } = await run(2, [failure, failure, failure, failure]);
  expect(minutes).toEqual([0, 1, 3]);
  expect(new Set(heard.map(({ requestId }) => requestId)).size).toBe(1);
});

test('a success is not run again', async () => {
  const { minutes } = await run(2, [failure, success]);
  expect(minutes).toEqual([0, 1]);
});

test('with no retries in the stack a failure is final', async () => {
  const { heard } = await run(0, [failure]);
  expect(heard.map(({ answer }) => answer)).toEqual([failure]);
});

test('once stopped, no retry starts', async () => {
  const { minutes } = await run(2, [failure], true);
  expect(minutes).toEqual([0]);
});
