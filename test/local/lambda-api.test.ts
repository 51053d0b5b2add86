import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AsyncInvoker, type Invocation } from '../../local/async-invoker.ts';
import { Clock } from '../../local/clock.ts';
import type { Answer } from '../../local/environment.ts';
import type { LocalFunction } from '../../local/function.ts';
import { HttpServer } from '../../local/http.ts';
import { LambdaApi } from '../../local/lambda-api.ts';
import { OpenWork } from '../../local/open-work.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { functionNamed } from './parts.ts';

let server: HttpServer;
let client: LambdaClient;
let heard: Invocation[];
let open: OpenWork;
let answer: (event: unknown) => Promise<Answer>;

beforeEach(async () => {
  server = await HttpServer.listen(0);
  heard = [];
  open = new OpenWork();
  answer = async (event) => ({ payload: { got: event } });
  const clock = new Clock(0, 1, new HandMadeTime());
  const hear = (invocation: Invocation) => heard.push(invocation);
  const invoker = new AsyncInvoker({ clock, heard: hear, send: () => {} });
  const resource = functionNamed('app-sweep');
  const fn = { resource, invoke: (event: unknown) => answer(event) } as unknown as LocalFunction;
  const api = new LambdaApi({ functions: new Map([['app-sweep', fn]]), invoker, open });
  server.answer = (request) => api.answer(request) ?? { status: 404 };
  // As the functions have it, so that the SDK's name of the service is checked as well.
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', server.url);
  client = new LambdaClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await server.close();
});

const invoke = (more: Partial<InvokeCommandInput> = {}) =>
  client.send(new InvokeCommand({ FunctionName: 'app-sweep', Payload: '{"a":1}', ...more }));

test('Event is accepted at once, and open until the function has answered', async () => {
  let end = () => {};
  answer = () =>
    new Promise((resolve) => {
      end = () => resolve({ payload: null });
    });
  expect(await invoke({ InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 });
  expect(heard).toEqual([]);
  const settled = open.settled();
  end();
  await settled;
  expect(heard).toMatchObject([{ event: { a: 1 }, answer: { payload: null } }]);
});

describe('RequestResponse', () => {
  test('answers what the function returned', async () => {
    const { StatusCode, FunctionError, ExecutedVersion, Payload } = await invoke();
    expect([StatusCode, FunctionError, ExecutedVersion]).toEqual([200, undefined, '$LATEST']);
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({ got: { a: 1 } });
    expect(heard).toHaveLength(1);
  });

  test('answers how it failed', async () => {
    answer = async () => ({ error: { errorType: 'TypeError', errorMessage: 'no licence' } });
    const { StatusCode, FunctionError, Payload } = await invoke();
    expect([StatusCode, FunctionError]).toEqual([200, 'Unhandled']);
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no licence',
    });
  });

  test('without a payload is an empty event', async () => {
    await invoke({ Payload: undefined });
    expect(heard).toMatchObject([{ event: {} }]);
  });
});

const ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:app-sweep';

test.each([ARN, `${ARN}:$LATEST`, 'app-sweep:$LATEST', '000000000000:function:app-sweep'])(
  'a function is known as %s',
  async (FunctionName) => {
    expect(await invoke({ FunctionName })).toMatchObject({ StatusCode: 200 });
  },
);

test.each<[string, Partial<InvokeCommandInput>, string, string]>([
  [
    'an unknown function',
    { FunctionName: 'app-nobody' },
    'ResourceNotFoundException',
    'Function not found: arn:aws:lambda:eu-central-1:000000000000:function:app-nobody',
  ],
  [
    'an unknown function, by ARN',
    { FunctionName: `${ARN}-2` },
    'ResourceNotFoundException',
    `Function not found: ${ARN}-2`,
  ],
  ['an event that is no JSON', { Payload: '{' }, 'InvalidRequestContentException', 'Could not'],
  [
    'another type',
    { InvocationType: 'DryRun' },
    'InvalidParameterValueException',
    "InvocationType 'DryRun' is unknown here; send Event or RequestResponse",
  ],
])('%s is refused', async (_, more, name, message) => {
  await expect(invoke(more)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
  expect(heard).toEqual([]);
});
