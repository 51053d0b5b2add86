import { beforeEach, expect, test, vi } from 'vitest';
import { RetryAfter } from '../../../core/run/intent.ts';
import type { Schedules } from '../../../core/schedule/settings.ts';
import { contextOf, JOB } from '../lambda.ts';
import { type Bench, startBench } from './bench.ts';

const LIST: Schedules = {
  [JOB]: { every: '5 minutes' },
  'send-digests': { every: '10 minutes', misfireGrace: '5 minutes' },
};

let bench: Bench;
beforeEach(async () => {
  bench = await startBench(Date.parse('2026-03-01T09:04:00Z'));
});

test('an attempt that nobody planned is delivered, and one that is due later is not', async () => {
  await bench.sweep(LIST);
  bench.pass(1);
  const job = bench.jobOf(JOB);
  await job.deliver('2026-03-01T09:05Z', () => Promise.reject(new Error('no luck')));
  await bench
    .jobOf('send-digests')
    .deliver('2026-03-01T09:00Z', () => Promise.reject(new RetryAfter('40 minutes')));
  bench.pass(2); // its retry was due a minute ago: it may be on its way
  expect(await bench.sweep(LIST)).toMatchObject({ waiting: 0 });
  bench.pass(2);
  expect(await bench.sweep(LIST)).toMatchObject({ waiting: 1, closed: 0 });
  expect(bench.aws.requests).toMatchObject([
    {
      path: `/2015-03-31/functions/punctual-dev-${JOB}/invocations`,
      body: { job: JOB, scheduledTime: '2026-03-01T09:05Z', trigger: 'retry', attempt: 2 },
    },
  ]);
});

test('of a job that left the list no attempt is delivered: there is nobody to take it', async () => {
  await bench.sweep(LIST);
  await bench
    .jobOf('send-digests')
    .deliver('2026-03-01T09:00Z', () => Promise.reject(new Error('no luck')));
  const row = await bench.ledger.readRun('send-digests', '2026-03-01T09:00Z');
  expect(row).toHaveProperty('retryAt');
  bench.pass(5);
  const { 'send-digests': _, ...left } = LIST;
  expect(await bench.sweep(left)).toMatchObject({ waiting: 0, closed: 1 });
  const closed = await bench.ledger.readRun('send-digests', '2026-03-01T09:00Z');
  expect(closed).toMatchObject({ status: 'failed', error: { message: 'no luck' } });
  expect(closed).not.toHaveProperty('retryAt');
  expect(bench.printed.saying('run failed')).toMatchObject([{ job: 'send-digests' }]);
  expect(await bench.sweep(left)).toMatchObject({ closed: 0 });
  expect(bench.aws.requests).toEqual([]);
});

test('a backlog is caught up: latest runs the newest and supersedes the others', async () => {
  const list: Schedules = { [JOB]: { every: '5 minutes', catchUp: 'latest' } };
  await bench.sweep(list);
  bench.pass(20);
  expect(await bench.sweep(list)).toMatchObject({ due: 3, closed: 3, missed: 1, skipped: 2 });
  expect(await bench.ledger.readRun(JOB, '2026-03-01T09:05Z')).toMatchObject({
    reason: 'superseded',
  });
  expect(bench.aws.requests).toMatchObject([
    { body: { scheduledTime: '2026-03-01T09:15Z', trigger: 'catch-up', attempt: 1 } },
  ]);
});

const told = () => bench.aws.published.splice(0).map(({ body }) => body.Subject);
const MISSED = `[punctual-dev] ${JOB} missed a tick`;

test('a sweep that dies before it told people has caught nothing up; the next one does both', async () => {
  const list: Schedules = { [JOB]: { every: '5 minutes', catchUp: 'latest' } };
  await bench.sweep(list);
  bench.pass(8);
  bench.deploy(list);
  const { SweepStore } = await import('../../../core/ledger/sweep-store.ts');
  const { StoreError } = await import('../../../core/ledger/errors.ts');
  const { handler } = await import('../../../functions/operator/sweeper.ts');
  const away = new StoreError('throttled', 'remember: throttled');
  const remember = vi.spyOn(SweepStore.prototype, 'remember').mockRejectedValueOnce(away);
  await expect(handler({}, contextOf('sweeper', 300_000))).rejects.toThrow('throttled');
  expect(remember).toHaveBeenCalled();
  expect(bench.aws.requests).toEqual([]);
  expect(told()).toEqual([]);

  bench.pass(3);
  await bench.jobOf(JOB).deliver('2026-03-01T09:10Z');
  await bench.sweep(list);
  expect(told()).toEqual([MISSED]);
});

test('of two sweeps at once the one that closed a tick may be the slower: it is told of, and caught up later', async () => {
  const list: Schedules = { [JOB]: { every: '5 minutes', catchUp: 'latest' } };
  await bench.sweep(list);
  bench.pass(8);
  bench.deploy(list);
  const { SweepStore } = await import('../../../core/ledger/sweep-store.ts');
  const { handler } = await import('../../../functions/operator/sweeper.ts');
  const sweep = () => handler({}, contextOf('sweeper', 300_000));
  const { remember } = SweepStore.prototype;
  const slow = vi.spyOn(SweepStore.prototype, 'remember').mockImplementationOnce(async function (
    this: InstanceType<typeof SweepStore>,
    ...args
  ) {
    slow.mockRestore();
    await sweep();
    return remember.apply(this, args);
  });
  await sweep();
  expect(told()).toEqual([MISSED]);
  bench.pass(5);
  await bench.sweep(list);
  expect(bench.aws.requests).toMatchObject([
    { body: { job: JOB, scheduledTime: '2026-03-01T09:10Z', trigger: 'catch-up' } },
  ]);
});
