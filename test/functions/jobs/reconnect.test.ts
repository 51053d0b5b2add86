import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  mark,
  markDead,
  type Socket,
  silentSince,
  sockets,
  type Worker,
} from '../../../functions/application/connections.ts';
import { answers, several } from '../../../functions/application/http.ts';
import { type Application, startApplication } from './application.ts';
import { all, run } from './run.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const BEFORE = '2026-03-01T11:00:00.000Z';
const socket = (id: string, state: 'alive' | 'dead' = 'alive') => ({
  kind: 'socket',
  id,
  url: `${application.url}/${id}`,
  state,
  todo: 'socket',
  since: BEFORE,
});
const worker = (id: string, heartbeatAt: string) => ({
  kind: 'worker',
  id,
  url: `${application.url}/${id}`,
  state: 'alive',
  heartbeatAt,
  todo: 'worker',
  since: heartbeatAt,
});

let application: Application;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  application = await startApplication();
});
beforeEach(() => application.clear());
afterAll(() => {
  vi.useRealTimers();
  return application.stop();
});

test('a socket that does not answer is marked dead and asked to reconnect', async () => {
  for (const id of ['s1', 's2', 's3']) await application.put(socket(id));
  application.line = (call) => {
    if (call === 'GET /s1') return 503;
    return call === 'GET /s2' ? 'hang up' : 200;
  };
  const outcome = await run('reconnect-websockets', NOW);
  expect(outcome).toMatchObject({
    status: 'succeeded',
    output: { alive: 1, dead: 2, back: 0, asked: 2 },
  });
  expect((await application.get('socket', 's1')).state).toBe('dead');
  expect((await application.get('socket', 's2')).state).toBe('dead');
  expect(await application.get('socket', 's3')).toEqual(socket('s3'));
  const asked = application.calls.filter((call) => call.startsWith('POST')).sort();
  expect(asked).toEqual(['POST /s1/reconnect', 'POST /s2/reconnect']);
});

test('a dead socket that answers again becomes alive', async () => {
  await application.put(socket('s1', 'dead'));
  const outcome = await run('reconnect-websockets', NOW);
  expect(outcome.output).toEqual({ alive: 1, dead: 0, back: 1, asked: 0 });
  expect((await application.get('socket', 's1')).state).toBe('alive');
});

test('a socket that somebody marked after it was looked up keeps that mark', async () => {
  await application.put(socket('s1'));
  const [found] = await all(sockets());
  const newer = { ...socket('s1'), since: '2026-03-01T11:59:59.000Z' };
  await application.put(newer);
  expect(await mark(found as Socket, 'dead', NOW)).toBe(false);
  expect(await application.get('socket', 's1')).toEqual(newer);
});

test('a worker without a heartbeat for five minutes is dead and asked to reconnect', async () => {
  await application.put(worker('w1', '2026-03-01T11:54:00.000Z'));
  const fresh = worker('w2', '2026-03-01T11:56:00.000Z');
  await application.put(fresh);
  const outcome = await run('reconnect-workers', NOW);
  expect(outcome).toMatchObject({ status: 'succeeded', output: { dead: 1, asked: 1 } });
  expect((await application.get('worker', 'w1')).state).toBe('dead');
  expect(await application.get('worker', 'w2')).toEqual(fresh);
  expect(application.calls).toEqual(['POST /w1/reconnect']);
});

test('a worker that can not be asked does not keep the others from it', async () => {
  for (const id of ['w1', 'w2', 'w3']) await application.put(worker(id, BEFORE));
  application.line = (call) => {
    if (call.includes('/w1/')) return 'hang up';
    return call.includes('/w2/') ? 503 : 202;
  };
  const outcome = await run('reconnect-workers', NOW);
  expect(outcome).toMatchObject({ status: 'succeeded', output: { dead: 3, asked: 1 } });
  expect(application.calls).toHaveLength(3);
});

test('a worker whose heartbeat came after it was looked up is not dead', async () => {
  await application.put(worker('w1', BEFORE));
  const [found] = await all(silentSince(NOW));
  const back = worker('w1', NOW.toISOString());
  await application.put(back);
  expect(await markDead(found as Worker)).toBe(false);
  expect(await application.get('worker', 'w1')).toEqual(back);
});

test('a ping that the end of the run cuts off says nothing about the socket', async () => {
  const stop = new AbortController();
  application.line = () => {
    stop.abort(new Error('time is up'));
    return 'silence';
  };
  const ping = answers('GET', `${application.url}/s1`, stop.signal);
  await expect(ping).rejects.toThrow('time is up');
});

test('several at once, and no more than asked for', async () => {
  let now = 0;
  let most = 0;
  const done: number[] = [];
  await several(3, numbers(10), new AbortController().signal, async (number) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
    done.push(number);
  });
  expect(most).toBe(3);
  expect(done.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('after a failure nothing more is begun, and what is in flight is waited for', async () => {
  const begun: number[] = [];
  let flying = 0;
  const working = several(2, numbers(10), new AbortController().signal, async (number) => {
    begun.push(number);
    flying += 1;
    await new Promise(setImmediate);
    flying -= 1;
    if (number === 0) throw new Error('no');
  });
  await expect(working).rejects.toThrow('no');
  expect(flying).toBe(0);
  expect(begun.length).toBeLessThan(5);
});

async function* numbers(count: number) {
  for (let number = 0; number < count; number += 1) yield number;
}
