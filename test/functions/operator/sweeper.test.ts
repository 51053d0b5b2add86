import { BatchWriteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, expect, test, vi } from 'vitest';
import type { DynamoLedger } from '../../../core/ledger/dynamodb.ts';
import type { Schedules, Settings } from '../../../core/schedule/settings.ts';
import type { SweepSummary } from '../../../functions/operator/sweeper.ts';
import { nobodysEndpoint } from '../../support/bad-store.ts';
import { type Deliveries, heldOpen, MINUTE } from '../../support/deliveries.ts';
import type { ManualTime } from '../../support/manual-timers.ts';
import type { Store } from '../../support/stores.ts';
import type { Aws } from '../aws.ts';
import { coldStart, JOB, type Printed } from '../lambda.ts';
import { type Bench, startBench } from './bench.ts';

const LIST: Schedules = {
  [JOB]: { every: '5 minutes' },
  'send-digests': { every: '10 minutes', misfireGrace: '5 minutes' },
  'send-letters': { cron: '0 12 * * ? *' },
  'switched-off': { every: '5 minutes', enabled: false },
};
const START = Date.parse('2026-03-01T09:04:00Z');

let store: Store;
let ledger: DynamoLedger;
let printed: Printed;
let time: ManualTime;
let aws: Aws;
let bench: Bench;
beforeEach(async () => {
  bench = await startBench(START);
  ({ store, ledger, printed, time, aws } = bench);
});

const pass = (minutes: number) => bench.pass(minutes);
const sweep = (list = LIST, endpoint?: string) => bench.sweep(list, endpoint);
const jobOf = (name: string) => bench.jobOf(name);
/** Of which ticks it was said that they are missed. */
const missed = () => printed.saying('run missed').map(({ job, tick }) => `${job} ${tick}`);
const values = ({ _aws, ...rest }: Record<string, unknown>) => rest;
/** What a sweep counts that found nothing. */
const SWEPT = { stack: 'punctual-dev', Sweeps: 1, Paused: 0, Overdue: 0, Alerts: 0 };
/** What was counted of runs. */
const counted = () =>
  printed.metrics
    .filter(({ Sweeps, StoreRetries }) => (Sweeps ?? StoreRetries) === undefined)
    .map(values);

const HEALTHY = {
  jobs: 3, due: 0, closed: 0, missed: 0, crashed: 0, skipped: 0, waiting: 0, open: 0, told: 0,
}; // biome-ignore format: one line reads better

/** A sweep, and the requests it made to the store. */
async function measured(list: Schedules) {
  let summary: SweepSummary | undefined;
  const { requests } = await store.tap.costOf(async () => {
    summary = await sweep(list);
  });
  expect(printed.saying('swept').at(-1)).toMatchObject({ level: 'INFO', summary });
  return { requests, summary };
}

test('a healthy sweep: four requests, one for the locks, and one for the ticks that are not the last', async () => {
  const list: Schedules = { ...LIST, 'send-letters': { every: '10 minutes' } };
  expect(await measured(list)).toEqual({ requests: 4 + 1, summary: HEALTHY });
  for (let minutes = 5; minutes <= 20; minutes += 5) {
    pass(5);
    await jobOf(JOB).deliver(time.clock() - 4 * MINUTE);
  }
  for (const name of ['send-digests', 'send-letters']) {
    await jobOf(name).deliver('2026-03-01T09:10Z');
  }
  // The grace of the third is ten minutes: its tick is due at 09:21 and a moment more.
  expect(await measured(list)).toEqual({ requests: 4 + 1 + 1, summary: { ...HEALTHY, due: 5 } });
  expect(printed.metrics.map(values)).toEqual([SWEPT, SWEPT]);
  expect(aws.requests).toEqual([]);
  expect(aws.published).toEqual([]);
});

test('a tick that its lock was given back for last has its row: nobody is asked', async () => {
  const list: Schedules = { [JOB]: { every: '30 minutes', misfireGrace: '5 minutes' } };
  await sweep(list);
  pass(30);
  await jobOf(JOB).deliver('2026-03-01T09:30Z');
  pass(5);
  expect(await measured(list)).toEqual({
    requests: 4 + 1,
    summary: { ...HEALTHY, jobs: 1, due: 1 },
  });
});

/** Each of the jobs has run at 09:05 and 09:10, as far as a sweep sees: a run of each would take a minute. */
async function haveRun(jobs: readonly string[]): Promise<void> {
  const last = { tick: '2026-03-01T09:10Z', status: 'succeeded', attempt: 1 };
  const empty = { holders: {}, fences: {}, watermarks: {}, paused: {}, failures: {}, waiting: {} };
  const put = (Item: Record<string, unknown>) => ({ PutRequest: { Item: marshall(Item) } });
  for (let i = 0; i < jobs.length; i += 25) {
    const some = jobs.slice(i, i + 25);
    const locks = some.map((job) => put({ lock: job, fence: 1, ...empty, last: { [job]: last } }));
    const runs = some.map((job) => put({ job, tick: '2026-03-01T09:05Z', status: 'succeeded' }));
    for (const [table, items] of Object.entries({ locks, runs }))
      await store.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: items } }));
  }
}

test.each([
  { jobs: 7, requests: 4 + 1 + 1 },
  { jobs: 100, requests: 4 + 1 + 1 },
  { jobs: 1000, requests: 4 + 10 + 10 },
])(
  'a healthy sweep of $jobs jobs with a tick each: $requests requests',
  async ({ jobs, requests }) => {
    const names = Array.from({ length: jobs }, (_, i) => `job-${i}`);
    const list = Object.fromEntries(
      names.map((name): [string, Settings] => [name, { every: '5 minutes' }]),
    );
    await sweep(list);
    pass(7);
    await haveRun(names);
    pass(4);
    expect(await measured(list)).toEqual({ requests, summary: { ...HEALTHY, jobs, due: jobs } });
  },
  600_000,
);

test('a job whose store was away during its tick gets its row once the store is back', async () => {
  await sweep();
  pass(1);
  const away = await nobodysEndpoint();
  const code = vi.fn();
  const { invoke } = await coldStart(away, code);
  const event = { job: JOB, scheduledTime: '2026-03-01T09:05:00Z' };
  await expect(invoke(event)).rejects.toMatchObject({ name: 'StoreError' });
  await expect(sweep(LIST, away)).rejects.toMatchObject({ name: 'StoreError' });
  expect(printed.saying('not swept: store trouble')).toMatchObject([
    { level: 'ERROR', reason: 'unavailable' },
  ]);

  pass(8);
  await jobOf(JOB).deliver('2026-03-01T09:10Z');
  expect(await sweep()).toMatchObject({ due: 1, closed: 1, missed: 1, open: 0 });
  expect(code).not.toHaveBeenCalled();
  expect(await ledger.readRun(JOB, '2026-03-01T09:05Z')).toMatchObject({
    status: 'missed',
    reason: 'not_delivered',
  });
  const row = { job: JOB, tick: '2026-03-01T09:05Z', status: 'missed', reason: 'not_delivered' };
  expect(printed.saying('run missed')).toMatchObject([{ level: 'ERROR', ...row }]);
  expect(counted()).toMatchObject([{ job: JOB, Missed: 1 }]);

  pass(1);
  expect(await sweep()).toMatchObject({ due: 0, closed: 0 });
});

test('an attempt that lives keeps its tick open, sweep after sweep, and is sealed once it died', async () => {
  await sweep();
  pass(1);
  const job = jobOf(JOB);
  job.timeout = 15 * MINUTE;
  const { code, started } = heldOpen();
  void job.deliver('2026-03-01T09:05Z', code, { timers: { after: () => () => {} } });
  await started;
  for (let sweeps = 0; sweeps < 2; sweeps++) {
    pass(7);
    await job.deliver('2026-03-01T09:10Z'); // skipped: it overlaps
    await job.deliver('2026-03-01T09:15Z');
    await jobOf('send-digests').deliver('2026-03-01T09:10Z');
    expect(await sweep()).toMatchObject({ closed: 0, open: 1 });
  }
  pass(2);
  expect(await sweep()).toMatchObject({ closed: 1, crashed: 1, open: 0 });
  expect(await job.row('2026-03-01T09:05Z')).toMatchObject({ status: 'crashed' });
  expect((await ledger.readLock(JOB))?.holders).toEqual({});
  expect(counted()).toMatchObject([{ job: JOB, Crashed: 1 }]);
});

/** A run that claims this tick and dies. */
async function dies(job: Deliveries, tick: string): Promise<void> {
  const { code, started } = heldOpen();
  void job.deliver(tick, code, { timers: { after: () => () => {} } });
  await started;
}

test('a deploy: what was before it is owed as it was, and it makes nothing missed', async () => {
  const { 'send-digests': digests, 'switched-off': off } = LIST;
  const old = { [JOB]: LIST[JOB] as Settings, 'switched-off': off as Settings };
  await sweep(old);
  for (let minutes = 1; minutes <= 60; minutes++) {
    pass(1);
    const fires = new Date(time.clock()).getMinutes() % 5 === 0 && minutes !== 51;
    if (fires && minutes !== 26) await jobOf(JOB).deliver(time.clock());
    // The last that knows the old list.
    if (minutes === 57) expect(await sweep(old)).toMatchObject({ jobs: 1, due: 10, closed: 1 });
  }
  const deployed: Schedules = {
    [JOB]: { every: '5 minutes', offset: '2 minutes' },
    'send-digests': digests as Settings,
    'switched-off': { every: '5 minutes' },
  };
  expect(await sweep(deployed)).toMatchObject({ jobs: 3, due: 1, closed: 1 });
  expect(missed()).toEqual([`${JOB} 2026-03-01T09:30Z`, `${JOB} 2026-03-01T09:55Z`]);
  pass(13);
  // From their deploy at 10:04 on they are expected, as far as the grace of five minutes allows.
  expect(await sweep(deployed)).toMatchObject({ due: 4, missed: 4 });
  expect(missed().slice(2)).toEqual([
    `${JOB} 2026-03-01T10:07Z`,
    'send-digests 2026-03-01T10:10Z',
    'switched-off 2026-03-01T10:05Z',
    'switched-off 2026-03-01T10:10Z',
  ]);
});

test('a deploy between two sweeps: a tick that it took away is missed by nobody', async () => {
  const list: Schedules = { [JOB]: { every: '5 minutes' } };
  const moved: Schedules = { [JOB]: { every: '5 minutes', offset: '2 minutes' } };
  await sweep(list);
  pass(5);
  await jobOf(JOB).deliver('2026-03-01T09:05Z');
  await sweep(list);
  pass(5); // The deploy comes at 09:09:30: nothing fires at 09:10, and the new one at 09:12.
  await jobOf(JOB).deliver('2026-03-01T09:12Z');
  expect(await sweep(moved)).toMatchObject({ due: 1, closed: 0 });
  pass(5);
  await jobOf(JOB).deliver('2026-03-01T09:17Z');
  pass(5);
  expect(await sweep(moved)).toMatchObject({ due: 1, closed: 0, open: 0 });
  expect(missed()).toEqual([]);
});

test('a job that leaves the list: what it owes, its dead holder, and then nothing', async () => {
  const remembered = async () => Object.keys((await bench.remembered()).jobs).sort();
  const { 'send-digests': _, ...left } = LIST;
  await sweep();
  expect(await remembered()).toEqual(['send-digests', 'send-letters', JOB]);
  pass(10);
  const digests = jobOf('send-digests');
  digests.timeout = 15 * MINUTE;
  await dies(digests, '2026-03-01T09:11Z'); // by hand
  await jobOf(JOB).deliver('2026-03-01T09:05Z');
  await jobOf(JOB).deliver('2026-03-01T09:10Z');
  await sweep();
  expect(await sweep(left)).toMatchObject({ jobs: 2, closed: 0 });
  expect(await remembered()).toContain('send-digests');
  pass(6);
  await jobOf(JOB).deliver('2026-03-01T09:15Z');
  expect(await sweep(left)).toMatchObject({ due: 2, missed: 1 });
  expect(missed()).toEqual(['send-digests 2026-03-01T09:10Z']);

  pass(11);
  await jobOf(JOB).deliver('2026-03-01T09:15Z');
  await jobOf(JOB).deliver('2026-03-01T09:20Z');
  expect(await sweep(left)).toMatchObject({ closed: 1, crashed: 1 });
  expect((await ledger.readLock('send-digests'))?.holders).toEqual({});
  pass(1);
  await sweep(left);
  expect(await remembered()).toEqual(['send-letters', JOB]);
});

test('a dead holder is found whatever the rows say, and where no tick is expected', async () => {
  const list: Schedules = {
    'of-a-rate': { every: '7 minutes', phase: 'any' },
    'by-hand': { cron: '0 12 * * ? *', enabled: false },
    'has-a-row': { cron: '0 9 * * ? *' },
  };
  await sweep(list);
  const tick = '2026-03-01T09:00Z';
  for (const name of Object.keys(list)) await dies(jobOf(name), tick);
  await ledger.record(
    {
      job: 'has-a-row',
      tick,
      status: 'skipped',
      reason: 'misfire',
      fence: 0,
      token: 'late',
      attempt: 1,
      trigger: 'schedule',
      finishedAt: '2026-03-01T09:04:00.000Z',
    },
    time.clock(),
  );
  pass(6);
  expect(await sweep(list)).toMatchObject({ due: 0, closed: 3, crashed: 3 });
  for (const name of Object.keys(list)) {
    expect((await ledger.readLock(name))?.holders).toEqual({});
    expect(await ledger.readRun(name, tick)).toMatchObject({ status: 'crashed' });
  }
  pass(5);
  expect(await sweep(list)).toMatchObject({ closed: 0 });
  expect(printed.saying('run crashed')).toHaveLength(3);
});

test('trouble with one job is one line, and the others are swept and remembered', async () => {
  await sweep();
  pass(4);
  await dies(jobOf('send-digests'), '2026-03-01T09:08Z');
  // Its lock is damaged: to free it is refused as malformed.
  const lock = (update: string) =>
    store.client.send(
      new UpdateItemCommand({
        TableName: 'locks',
        Key: { lock: { S: 'send-digests' } },
        UpdateExpression: update,
        ExpressionAttributeNames: { '#last': 'last' },
        ...(update.startsWith('SET') && { ExpressionAttributeValues: { ':none': { M: {} } } }),
      }),
    );
  await lock('REMOVE #last');
  pass(10);
  await jobOf(JOB).deliver('2026-03-01T09:05Z');
  // Its own missed tick waits; that of the job behind it in the list does not.
  const list = { 'send-digests': LIST['send-digests'] as Settings, [JOB]: LIST[JOB] as Settings };
  expect(await sweep(list)).toMatchObject({ missed: 1, crashed: 1 });
  expect(missed()).toEqual([`${JOB} 2026-03-01T09:10Z`]);
  expect(printed.saying('job not swept')).toMatchObject([
    { level: 'ERROR', job: 'send-digests', cause: expect.stringContaining('ValidationException') },
  ]);
  await lock('SET #last = :none');
  expect(await sweep(list)).toMatchObject({ due: 1, missed: 1, crashed: 0 });
  expect(missed()).toContain('send-digests 2026-03-01T09:10Z');
  expect((await ledger.readLock('send-digests'))?.holders).toEqual({});
  expect(printed.saying('job not swept')).toHaveLength(1);
});

test('two sweeps at once: every row once, and the memory of one of them', async () => {
  await sweep();
  pass(30);
  const both = await Promise.all([sweep(), sweep()]);
  expect(missed()).toHaveLength(7);
  expect(new Set(missed()).size).toBe(7);
  expect(both.reduce((sum, { closed }) => sum + closed, 0)).toBe(7);
  expect(printed.saying('another sweep was faster')).toHaveLength(1);
  expect(await sweep()).toMatchObject({ due: 0 });
});
