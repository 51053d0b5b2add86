import { beforeEach, expect, test, vi } from 'vitest';
import type { DynamoLedger } from '../../../core/ledger/dynamodb.ts';
import type { Schedules, Settings } from '../../../core/schedule/settings.ts';
import type { SweepSummary } from '../../../functions/operator/sweeper.ts';
import { nobodysEndpoint } from '../../support/bad-store.ts';
import { Deliveries, heldOpen, MINUTE } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { type Store, startStore } from '../../support/stores.ts';
import { coldStart, contextOf, JOB, Printed, setEnvironment } from '../lambda.ts';

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
beforeEach(async () => {
  store = await startStore('dynalite');
  ledger = store.ledgerAt(Date.now);
  time = new ManualTime(START);
  vi.setSystemTime(START);
  vi.spyOn(Math, 'random').mockReturnValue(0); // no waiting between tries
  printed = new Printed();
  return async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await store.stop();
  };
});

/** Minutes pass. */
function pass(minutes: number): void {
  time.advance(minutes * MINUTE);
  vi.setSystemTime(time.clock());
}

/** One sweep of a cold start, with this list deployed. */
async function sweep(list = LIST, endpoint = store.tap.endpoint): Promise<SweepSummary> {
  setEnvironment(endpoint);
  vi.doMock('#schedules', () => ({ schedules: list }));
  const { handler } = await import('../../../functions/operator/sweeper.ts');
  return handler({}, contextOf('sweeper', 300_000));
}

const jobOf = (name: string) => new Deliveries(ledger, time, name);
/** Of which ticks it was said that they are missed. */
const missed = () => printed.saying('run missed').map(({ job, tick }) => `${job} ${tick}`);
const values = ({ _aws, ...rest }: Record<string, unknown>) => rest;

test('a healthy sweep: two requests, and one for each job that had ticks', async () => {
  await sweep();
  for (let minutes = 5; minutes <= 15; minutes += 5) {
    pass(5);
    await jobOf(JOB).deliver(time.clock() - 4 * MINUTE);
  }
  await jobOf('send-digests').deliver('2026-03-01T09:10Z');
  let summary: SweepSummary | undefined;
  const { requests } = await store.tap.costOf(async () => {
    summary = await sweep();
  });
  expect(summary).toEqual({ jobs: 3, due: 3, closed: 0, missed: 0, crashed: 0, open: 0 });
  expect(requests).toBe(2 + 2);
  expect(printed.saying('swept').at(-1)).toMatchObject({ level: 'INFO', summary });
  expect(printed.metrics).toEqual([]);
});

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
  expect(printed.metrics.map(values)).toEqual([{ job: JOB, Missed: 1 }]);

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
  expect(printed.metrics.map(values)).toEqual([{ job: JOB, Crashed: 1 }]);
});

test('a deploy that moves ticks, adds a job or switches one on makes nothing missed', async () => {
  const { 'send-digests': digests, 'switched-off': off, ...same } = LIST;
  await sweep({ ...same, 'switched-off': off as Settings });
  pass(60);
  const deployed: Schedules = {
    [JOB]: { every: '5 minutes', offset: '2 minutes' },
    'send-digests': digests as Settings,
    'switched-off': { every: '5 minutes' },
  };
  expect(await sweep(deployed)).toMatchObject({ jobs: 3, due: 0, closed: 0 });
  pass(13);
  // From their deploy at 10:04 on they are expected, as far as the grace of five minutes allows.
  expect(await sweep(deployed)).toMatchObject({ due: 4, missed: 4 });
  expect(missed()).toEqual([
    `${JOB} 2026-03-01T10:07Z`,
    'send-digests 2026-03-01T10:10Z',
    'switched-off 2026-03-01T10:05Z',
    'switched-off 2026-03-01T10:10Z',
  ]);
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
