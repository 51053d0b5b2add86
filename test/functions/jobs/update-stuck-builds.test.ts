import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { failStuck, runningSince } from '../../../functions/application/builds.ts';
import { type Application, startApplication } from './application.ts';
import { all, run } from './run.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const running = (id: string, minutes: number) => ({
  kind: 'build',
  id,
  project: 'atlas',
  owner: 'ada@example.com',
  state: 'running',
  startedAt: minutesAgo(minutes),
  todo: 'build.running',
  since: minutesAgo(minutes),
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

test('fails builds that run for more than 30 minutes, and no others', async () => {
  await application.put(running('old', 31));
  await application.put(running('young', 29));
  const outcome = await run('update-stuck-builds', NOW);
  expect(outcome).toMatchObject({ status: 'succeeded', output: { failed: 1 } });
  const old = await application.get('build', 'old');
  expect(old).toMatchObject({ state: 'failed', reason: 'stuck', todo: 'build.failed' });
  expect(old.endedAt).toMatch(/^2026-03-01T12:00:/);
  expect(await application.get('build', 'young')).toEqual(running('young', 29));
});

test('reads every page of what is stuck', async () => {
  // Four times 300 KB are more than the 1 MB of one page.
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    await application.put({ ...running(id, 45), output: 'x'.repeat(300_000) });
  }
  const outcome = await run('update-stuck-builds', NOW);
  expect(outcome.output).toEqual({ failed: 8 });
});

test('leaves a build alone that finished after it was looked up', async () => {
  await application.put(running('b1', 31));
  const [found] = await all(runningSince(new Date(minutesAgo(30))));
  const finished = { ...running('b1', 31), state: 'finished', todo: 'build.finished' };
  await application.put(finished);
  expect(found).toBeDefined();
  expect(await failStuck(found as never, NOW)).toBe(false);
  expect(await application.get('build', 'b1')).toEqual(finished);
});

test('leaves a build alone that was started anew after it was looked up', async () => {
  await application.put(running('b1', 31));
  const [found] = await all(runningSince(new Date(minutesAgo(30))));
  await application.put(running('b1', 0));
  expect(await failStuck(found as never, NOW)).toBe(false);
  expect(await application.get('build', 'b1')).toEqual(running('b1', 0));
});
