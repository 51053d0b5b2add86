import { describe, expect, test } from 'vitest';
import { AsyncInvoker, type Invocation } from '../../local/async-invoker.ts';
import { Clock } from '../../local/clock.ts';
import type { Answer } from '../../local/environment.ts';
import type { FunctionResource } from '../../local/resources.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { functionNamed } from './parts.ts';

const START = Date.parse('2026-03-01T00:00Z');
const failure: Answer = { error: { errorType: 'Error', errorMessage: 'store away' } };
const success: Answer = { payload: null };
const EVENT = { job: 'sweep' };

/** A function that gives these answers, one after another. */
function answering(settings: Partial<FunctionResource>, answers: Answer[]) {
  const resource = functionNamed('app-sweep', settings);
  return { resource, invoke: async () => answers.shift() ?? success };
}

async function run(settings: Partial<FunctionResource>, answers: Answer[], stopFirst = false) {
  const real = new HandMadeTime();
  const clock = new Clock(START, Number.POSITIVE_INFINITY, real);
  const heard: Invocation[] = [];
  const sent: Array<{ to: string; minute: number; record: Record<string, unknown> }> = [];
  const invoker = new AsyncInvoker({
    clock,
    heard: (invocation) => heard.push(invocation),
    send: (to, body) =>
      sent.push({ to, minute: (clock.now() - START) / 60_000, record: JSON.parse(body) }),
  });
  clock.start();
  const over = invoker.invoke(answering(settings, answers), EVENT);
  if (stopFirst) invoker.stop();
  await real.passAll();
  await over;
  return { heard, sent, minutes: heard.map(({ startedAt }) => (startedAt - START) / 60_000) };
}

test('what fails is run again after one and after two more minutes, under the same request id', async () => {
  const { heard, minutes } = await run({ asyncRetries: 2 }, [failure, failure, failure, failure]);
  expect(minutes).toEqual([0, 1, 3]);
  expect(new Set(heard.map(({ requestId }) => requestId)).size).toBe(1);
});

test('a success is not run again', async () => {
  const { minutes } = await run({ asyncRetries: 2 }, [failure, success]);
  expect(minutes).toEqual([0, 1]);
});

test('with no retries in the stack a failure is final', async () => {
  const { heard } = await run({}, [failure]);
  expect(heard.map(({ answer }) => answer)).toEqual([failure]);
});

test('once stopped, no retry starts', async () => {
  const { minutes, sent } = await run({ asyncRetries: 2, onFailureArn: 'queue' }, [failure], true);
  expect(minutes).toEqual([0]);
  expect(sent).toEqual([]);
});

describe('the on-failure destination', () => {
  const onFailureArn = 'queue';

  test("gets Lambda's record of what failed for good, at that time", async () => {
    const { heard, sent } = await run({ asyncRetries: 1, onFailureArn }, [failure, failure]);
    const record = {
      version: '1.0',
      timestamp: '2026-03-01T00:01:00.000Z',
      requestContext: {
        requestId: heard[0]?.requestId,
        functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:app-sweep:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 2,
      },
      requestPayload: EVENT,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'store away' },
    };
    expect(sent).toEqual([{ to: 'queue', minute: 1, record }]);
  });

  test('gets what would be too old when it is run again', async () => {
    const settings = { asyncRetries: 2, maximumEventAgeSeconds: 90, onFailureArn };
    const { minutes, sent } = await run(settings, [failure, failure]);
    expect(minutes).toEqual([0, 1]);
    expect(sent).toMatchObject([
      {
        minute: 1,
        record: { requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 } },
      },
    ]);
  });

  test('gets nothing of a success', async () => {
    const { sent } = await run({ asyncRetries: 1, onFailureArn }, [failure, success]);
    expect(sent).toEqual([]);
  });
});
