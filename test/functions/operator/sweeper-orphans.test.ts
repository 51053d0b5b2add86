import { beforeEach, expect, test } from 'vitest';
import type { Schedules } from '../../../core/schedule/settings.ts';
import type { Deliveries } from '../../support/deliveries.ts';
import { JOB } from '../lambda.ts';
import { type Bench, startBench } from './bench.ts';

const every = '5 minutes';
const LOCK = 'group:database';
const TICK = '2026-03-01T09:05Z';
const GROUPED: Schedules = {
  [JOB]: { every, group: 'database' },
  'send-digests': { every, group: 'database', priority: 1 },
};

let bench: Bench;
beforeEach(async () => {
  bench = await startBench(Date.parse('2026-03-01T09:04:00Z'));
  bench.groups = { database: { limit: 1 } };
});

const grouped = (name: string): Deliveries => {
  const job = bench.jobOf(name);
  Object.assign(job.limits, { lock: LOCK, priority: name === 'send-digests' ? 1 : 0 });
  return job;
};
const lockOf = (name: string) => bench.ledger.readLock(name);
const remembered = async () => (await bench.remembered()).locks;
const called = () => bench.aws.requests.map(({ body }) => (body as { job: string }).job);

test('a job leaves the list while it waits: its tick is missed, and the next gets its turn', async () => {
  const left: Schedules = {
    [JOB]: { every, group: 'database' },
    'send-letters': { every, group: 'database' },
  };
  await bench.sweep({ ...GROUPED, ...left });
  const [gone, next] = [grouped('send-digests'), grouped(JOB)];
  bench.pass(1);
  await grouped('send-letters').dies('2026-03-01T09:00Z');
  await gone.deliver(TICK);
  await next.deliver(TICK);
  bench.pass(6);
  expect(await bench.sweep(left)).toMatchObject({ crashed: 1, missed: 1 });
  expect(await gone.row(TICK)).toMatchObject({ status: 'missed', error: { name: 'NotInTheList' } });
  expect(bench.printed.saying('run missed')).toMatchObject([{ job: 'send-digests', tick: TICK }]);
  expect(Object.keys((await lockOf(LOCK))?.waiting ?? {})).not.toContain('send-digests');
  expect(called()).toContain(JOB);
});

test('a job gets another group: who died under its old lock is closed, until that is free', async () => {
  const list: Schedules = { [JOB]: { every } };
  await bench.jobOf(JOB).deliver('2026-03-01T09:00Z');
  await bench.sweep(list);
  expect(await remembered()).toContain(JOB);
  bench.pass(1);
  const requestId = await bench.jobOf(JOB).dies(TICK);
  const moved: Schedules = { [JOB]: { every, group: 'database' } };
  expect(await bench.sweep(moved)).toMatchObject({ closed: 0 });
  expect(await remembered()).toContain(JOB);
  bench.pass(6);
  expect(await bench.sweep(moved)).toMatchObject({ crashed: 1 });
  expect(await bench.ledger.readRun(JOB, TICK)).toMatchObject({ status: 'crashed', requestId });
  expect((await lockOf(JOB))?.holders).toEqual({});
  expect(bench.aws.requests).toMatchObject([{ body: { ScheduleExpression: expect.any(String) } }]);
  await bench.sweep(moved);
  expect(await remembered()).not.toContain(JOB);
});

test('also where it first ran, and died, after the last sweep before the deploy', async () => {
  await bench.sweep({ [JOB]: { every } });
  bench.pass(1);
  await bench.jobOf(JOB).dies(TICK);
  bench.pass(6);
  const moved: Schedules = { [JOB]: { every, group: 'database' } };
  expect(await bench.sweep(moved)).toMatchObject({ crashed: 1 });
  expect((await lockOf(JOB))?.holders).toEqual({});
});

test('a job gets another group while it waits: it is called to wait there', async () => {
  await bench.sweep(GROUPED);
  const [moved, busy] = [grouped('send-digests'), grouped(JOB)];
  busy.timeout = 15 * 60_000;
  bench.pass(1);
  await busy.dies('2026-03-01T09:00Z');
  await moved.deliver(TICK);
  bench.pass(3);
  await bench.sweep({ [JOB]: { every, group: 'database' }, 'send-digests': { every } });
  expect(bench.aws.requests).toMatchObject([
    {
      path: '/2015-03-31/functions/punctual-dev-send-digests/invocations',
      body: { job: 'send-digests', scheduledTime: TICK, trigger: 'schedule', attempt: 1 },
    },
  ]);
  expect((await lockOf(LOCK))?.waiting).toEqual({});
});
