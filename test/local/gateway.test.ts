import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AsyncInvoker } from '../../local/async-invoker.ts';
import { Clock } from '../../local/clock.ts';
import { Console } from '../../local/console.ts';
import type { LocalFunction } from '../../local/function.ts';
import { Gateway } from '../../local/gateway.ts';
import { HttpServer } from '../../local/http.ts';
import { LambdaApi } from '../../local/lambda-api.ts';
import { OpenWork } from '../../local/open-work.ts';
import type { SchedulerApi } from '../../local/scheduler-api.ts';
import { SnsApi } from '../../local/sns-api.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { functionNamed } from './parts.ts';

const INVOKE = '/2015-03-31/functions/app-punctual-console/invocations';

let server: HttpServer;
let asked: unknown[];

beforeEach(async () => {
  server = await HttpServer.listen(0);
  asked = [];
  const open = new OpenWork();
  const fn = {
    resource: functionNamed('app-punctual-console'),
    invoke: async (event: { action?: string }) => {
      asked.push(event);
      return { payload: event.action ? `<p>${event.action} is done</p>` : '<p>all jobs</p>' };
    },
  } as unknown as LocalFunction;
  const clock = new Clock(0, 1, new HandMadeTime());
  const invoker = new AsyncInvoker({ clock, heard: () => {}, send: () => {} });
  const gateway = new Gateway({
    now: () => 0,
    schedulerApi: { answer: () => undefined } as unknown as SchedulerApi,
    lambdaApi: new LambdaApi({ functions: new Map([[fn.resource.name, fn]]), invoker, open }),
    snsApi: new SnsApi([], () => {}),
    world: undefined,
    console: new Console(fn, open),
    left: () => ({ schedules: 0, messages: 0, poison: 0 }),
  });
  server.answer = (request) => gateway.answer(request);
});

afterEach(() => server.close());

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { redirect: 'manual', ...init });

test('the page is a document in which nothing can run', async () => {
  const response = await ask('/');
  expect(await response.text()).toContain('<p>all jobs</p>');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';.*frame-ancestors 'none'$/,
  );
});

test('a form does it once: a reload asks for a page', async () => {
  const body = new URLSearchParams({ action: 'pause', job: 'sweep', view: 'job' });
  const response = await ask('/', { method: 'POST', body });
  expect(response.status).toBe(303);
  const location = response.headers.get('location') ?? '';
  expect(await (await ask(location)).text()).toContain('pause is done');
  expect(await (await ask(location)).text()).toContain('all jobs');
  expect(asked).toMatchObject([
    { action: 'pause', job: 'sweep' },
    { view: 'job', job: 'sweep' },
  ]);
});

test.each([
  ['/outbox', {}, 200],
  ['/nowhere', {}, 404],
  ['/', { method: 'PUT' }, 405],
])('%s %j is %i', async (path, init, status) => {
  expect((await ask(path, init)).status).toBe(status);
  expect(asked).toEqual([]);
});

describe("another web page in this machine's browser", () => {
  test.each(['/', INVOKE])('can not ask %s', async (path) => {
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    const response = await ask(path, { method: 'POST', body: 'action=run&job=sweep', headers });
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('only its own page may ask this\n');
    expect(asked).toEqual([]);
  });
});

test('whoever is on this machine may invoke', async () => {
  const response = await ask(INVOKE, { method: 'POST', body: '{"view":"jobs"}' });
  expect([response.status, await response.json()]).toEqual([200, '<p>all jobs</p>']);
});
