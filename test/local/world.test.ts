import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failStuck, owedFor, runningSince, unmailed } from '../../functions/application/builds.ts';
import { mark, markDead, silentSince, sockets } from '../../functions/application/connections.ts';
import {
  endingIn,
  expire,
  pastTheirDate,
  warningFor,
} from '../../functions/application/licences.ts';
import { createWorld, type World } from '../../local/world.ts';
import { type Application, startApplication } from '../functions/jobs/application.ts';
import { all } from '../functions/jobs/run.ts';

const MINUTE = 60_000;
const FROM = Date.parse('2026-03-01T00:00:00.000Z');

let application: Application;
beforeAll(async () => {
  application = await startApplication();
});
beforeEach(() => application.clear());
afterAll(() => application.stop());

const newWorld = (seed: number) =>
  createWorld({
    client: application.client,
    table: application.table,
    baseUrl: 'http://127.0.0.1:8377',
    seed,
  });

/** Everything in the table. */
async function scan(): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let from: Record<string, never> | undefined;
  do {
    const page = await application.client.send(
      new ScanCommand({ TableName: application.table, ExclusiveStartKey: from }),
    );
    items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    from = page.LastEvaluatedKey as typeof from;
  } while (from);
  return items.sort((a, b) => `${a.kind}${a.id}`.localeCompare(`${b.kind}${b.id}`));
}

/** Steps a world to the end, calling `at` for each minute in between. */
async function live(world: World, minutes: number, at: (now: Date) => Promise<void>) {
  await world.seed(new Date(FROM));
  for (let minute = 0; minute < minutes; minute += 1) {
    const now = new Date(FROM + minute * MINUTE);
    if (minute > 0 && (minute * MINUTE) % world.everyMs === 0) await world.step(now);
    await at(now);
  }
}

describe('the world', () => {
  test('starts with a few dozen items of every kind that is asked for', async () => {
    await newWorld(1).seed(new Date(FROM));
    const count = Map.groupBy(await scan(), (item) => item.kind);
    expect(count.get('build')?.length).toBeGreaterThan(24);
    expect(count.get('licence')?.length).toBeGreaterThan(24);
    expect(count.get('socket')).toHaveLength(12);
    expect(count.get('worker')).toHaveLength(8);
  });

  test('is the same for the same seed, and another for another', async () => {
    const tables: unknown[] = [];
    for (const seed of [1, 1, 2]) {
      await application.clear();
      await live(newWorld(seed), 120, async () => {});
      tables.push(await scan());
    }
    expect(tables[0]).toEqual(tables[1]);
    expect(tables[0]).not.toEqual(tables[2]);
  });

  test('does not undo what a job did to a build', async () => {
    const world = newWorld(1);
    await world.seed(new Date(FROM));
    const running = await all(runningSince(new Date(FROM)));
    expect(running.length).toBeGreaterThan(3);
    for (const build of running) await failStuck(build, new Date(FROM));
    await world.step(new Date(FROM + 40 * MINUTE));
    for (const { id } of running) {
      expect(await application.get('build', id)).toMatchObject({
        state: 'failed',
        reason: 'stuck',
      });
    }
  });

  test('a silent socket answers 503, and comes back with the step after it was asked', async () => {
    const world = newWorld(1);
    await world.seed(new Date(FROM));
    const ids = (await all(sockets())).map((socket) => socket.id);
    const path = (id: string) => `/world/sockets/${id}`;
    const silent = () => ids.filter((id) => world.answer('GET', path(id)).status === 503);
    expect(silent()).toEqual([]);
    let at = FROM;
    const step = () => {
      at += world.everyMs;
      return world.step(new Date(at));
    };
    while (silent().length === 0) await step();
    const [id = ''] = silent();
    await step();
    expect(silent()).toContain(id);
    while (world.answer('POST', `${path(id)}/reconnect`).status !== 202);
    expect(silent()).toContain(id);
    await step();
    expect(silent()).not.toContain(id);
  });

  test.each([
    ['GET', '/world/sockets/s99', 404],
    ['POST', '/world/workers/w99/reconnect', 404],
    ['GET', '/world', 404],
    ['DELETE', '/world/sockets/s1', 405],
    ['GET', '/world/workers/w1/reconnect', 405],
  ])('%s %s is %i', (method, path, status) => {
    expect(newWorld(1).answer(method, path)).toEqual({ status });
  });

  test.each(['2026-03-01T00:00Z', '2026-03-01T09:01Z', '2026-03-01T23:59Z'])(
    'started at %s, has licences to warn of on every day after',
    async (start) => {
      const world = newWorld(1);
      let at = Date.parse(start);
      await world.seed(new Date(at));
      for (const day of ['2026-03-02', '2026-03-03', '2026-03-04']) {
        const nine = Date.parse(`${day}T09:00Z`);
        for (; at < nine; at += 60 * MINUTE) await world.step(new Date(at));
        for (const days of [30, 7, 1]) {
          expect(await all(endingIn(days, new Date(nine))), `${day} + ${days}`).not.toEqual([]);
        }
      }
    },
  );

  test('has something to do for every job over 24 hours', async () => {
    const world = newWorld(1);
    const done = { stuck: 0, finished: 0, failed: 0, expired: 0, warned: 0, dead: 0, back: 0 };
    const idle = { finished: 0, expired: 0 };
    let workers = 0;
    let mostOwed = 0;
    const mailed = async (state: 'finished' | 'failed', now: Date) => {
      const builds = await all(unmailed(state));
      mostOwed = Math.max(mostOwed, builds.length);
      for (const build of builds) await owedFor(build, '', '').take(build.id, now);
      done[state] += builds.length;
      return builds.length;
    };
    await live(world, 24 * 60, async (now) => {
      const minute = (now.getTime() - FROM) / MINUTE;
      if (minute % 10 === 0) {
        for (const build of await all(runningSince(new Date(now.getTime() - 30 * MINUTE)))) {
          if (await failStuck(build, now)) done.stuck += 1;
        }
      }
      if (minute % 10 === 3 && (await mailed('finished', now)) === 0) idle.finished += 1;
      if (minute % 10 === 6) await mailed('failed', now);
      if (minute % 60 === 5) {
        const past = await all(pastTheirDate(now));
        if (past.length === 0) idle.expired += 1;
        for (const licence of past) if (await expire(licence)) done.expired += 1;
      }
      if (minute === 9 * 60) {
        for (const days of [30, 7, 1]) {
          for (const licence of await all(endingIn(days, now))) {
            if (await warningFor(licence, days).take('t', now)) done.warned += 1;
          }
        }
      }
      if (minute % 8 === 2) {
        for (const worker of await all(silentSince(new Date(now.getTime() - 5 * MINUTE)))) {
          await markDead(worker);
          workers += 1;
          world.answer('POST', `/world/workers/${worker.id}/reconnect`);
        }
      }
      if (minute % 5 === 1) {
        for (const socket of await all(sockets())) {
          const { pathname } = new URL(socket.url);
          const state = world.answer('GET', pathname).status === 200 ? 'alive' : 'dead';
          if (state === 'dead') world.answer('POST', `${pathname}/reconnect`);
          if (state === socket.state || !(await mark(socket, state, now))) continue;
          done[state === 'dead' ? 'dead' : 'back'] += 1;
        }
      }
    });
    expect(idle.expired).toBe(0);
    expect(idle.finished).toBeLessThan(15);
    expect(done.stuck).toBeGreaterThan(24);
    expect(done.finished).toBeGreaterThan(144);
    expect(done.failed).toBeGreaterThan(100);
    expect(done.warned).toBe(6);
    expect(done.dead).toBeGreaterThan(50);
    // All but the last ones, which have no run left to be found alive in.
    expect(done.back).toBeGreaterThan(done.dead - 12);
    expect(workers).toBeGreaterThan(30);
    // What was mailed leaves the index: it never grows with the day.
    expect(mostOwed).toBeLessThan(60);
  }, 60_000);
});
