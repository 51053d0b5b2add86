import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DynamoLedger } from '../../../core/ledger/dynamodb.ts';
import { OperationsStore } from '../../../core/ledger/operations-store.ts';
import { healthOf } from '../../../core/operations/health.ts';
import {
  readOverview,
  readStanding,
  readSummary,
  withRuns,
} from '../../../core/operations/read-overview.ts';
import { SkipTick } from '../../../core/run/intent.ts';
import { NO_FENCE, type Run } from '../../../core/run/states.ts';
import { type Tick, tickOf } from '../../../core/run/tick.ts';
import { Deliveries, MINUTE } from '../../support/deliveries.ts';
import { failing, T0, T1, T2 } from '../../support/every-store.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { ENGINES, type Store, startStore } from '../../support/stores.ts';
import { listed } from './bench.ts';

const DAY = 24 * 60 * MINUTE;

describe.each(ENGINES)('what there is to see, on %s', (engine) => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore(engine, { attention: true });
  });
  afterAll(() => store.stop());

  const surroundings = (time: ManualTime) => ({
    sleep: async () => {},
    random: () => 0,
    clock: time.clock,
    log: { warn() {} },
  });
  const operations = (time: ManualTime) =>
    new OperationsStore(store.client, store.tables, surroundings(time));
  const jobAt = (time: ManualTime) =>
    new Deliveries(new DynamoLedger(store.client, store.tables, surroundings(time)), time);

  /** A row that is there, whatever came before it. */
  const row = (job: string, tick: Tick, more: Partial<Run> = {}): Run => ({
    job,
    tick,
    status: 'succeeded',
    fence: NO_FENCE,
    token: `of ${tick}`,
    attempt: 1,
    trigger: 'schedule',
    finishedAt: tick,
    ...more,
  });

  test('of a job: its runs, its next tick, who holds it, its failures', async () => {
    const time = new ManualTime(T0);
    const job = jobAt(time);
    Object.assign(job.limits, { retryDelays: [] });
    await job.deliver(T0, failing);
    time.advance(10 * MINUTE);
    await job.dies(time.clock());
    time.advance(4 * MINUTE);
    const { jobs, attention } = await readOverview([listed(job)], operations(time), time.clock());
    expect(jobs).toMatchObject([
      {
        job: { name: job.job },
        next: '2026-03-01T00:20Z',
        failures: 1,
        paused: undefined,
        waiting: [],
        runs: [{ tick: T0, status: 'failed', error: { message: 'no luck' } }],
        holders: [{ holder: { tick: '2026-03-01T00:10Z' }, isDead: false, level: 'critical' }],
      },
    ]);
    expect(attention).toMatchObject([{ job: job.job, tick: T0, status: 'failed' }]);
    time.advance(2 * MINUTE);
    const later = await readOverview([listed(job)], operations(time), time.clock());
    expect(later.jobs[0]?.holders).toMatchObject([{ isDead: true, level: 'emergency' }]);
  });

  test('of a job that never ran, and of one that is off', async () => {
    const time = new ManualTime(T0);
    const [job, off] = [jobAt(time), jobAt(time)];
    const list = [listed(job), { ...listed(off), enabled: false }];
    const { jobs, lastSweep } = await readOverview(list, operations(time), time.clock());
    expect(jobs.map(({ next }) => next)).toEqual(['2026-03-01T00:10Z', undefined]);
    expect(jobs[0]).toMatchObject({ runs: [], holders: [], failures: 0, lock: undefined });
    expect(lastSweep).toBeUndefined();
  });

  test('of the runs: twenty at least, and all of a day', async () => {
    const time = new ManualTime(Date.parse(T0) + 10 * DAY);
    const [often, seldom] = [jobAt(time), jobAt(time)];
    const now = time.clock();
    const ticks = (count: number, every: number) =>
      Array.from({ length: count }, (_, i) => tickOf(now - i * every));
    for (const tick of ticks(310, 5 * MINUTE)) await often.ledger.record(row(often.job, tick), now);
    for (const tick of ticks(30, DAY)) await seldom.ledger.record(row(seldom.job, tick), now);
    const { jobs } = await readOverview(
      [often, seldom].map((job) => listed(job)),
      operations(time),
      now,
    );
    expect(jobs[0]?.runs.map(({ tick }) => tick)).toEqual(ticks(289, 5 * MINUTE));
    expect(jobs[1]?.runs.map(({ tick }) => tick)).toEqual(ticks(20, DAY));
  });

  test('of an output there is nothing: it may be 400 KB', async () => {
    const time = new ManualTime(T0);
    const job = jobAt(time);
    await job.deliver(T0, async () => 'x'.repeat(100_000));
    const { jobs } = await readOverview([listed(job)], operations(time), time.clock());
    expect(jobs[0]?.runs).toHaveLength(1);
    expect(jobs[0]?.runs[0]).not.toHaveProperty('output');
  });

  test('of what needs attention: what nobody was told of first, and nothing older than three days', async () => {
    const time = new ManualTime(Date.parse(T0) + 100 * DAY);
    const job = jobAt(time);
    const now = time.clock();
    const at = (days: number) => tickOf(now - days * DAY);
    await job.ledger.record(row(job.job, at(1), { status: 'skipped', reason: 'overlap' }), now);
    await job.ledger.record(row(job.job, at(2), { status: 'failed', retryAt: at(0) }), now);
    await job.ledger.record(row(job.job, at(2.5), { status: 'crashed' }), now);
    await job.ledger.record(row(job.job, at(4), { status: 'crashed' }), now);
    const { attention } = await readOverview([listed(job)], operations(time), now);
    expect(attention.map(({ status, tick }) => `${status} ${tick}`)).toEqual([
      `crashed ${at(2.5)}`,
      `failed ${at(2)}`,
    ]);
  });

  test('of what people did, to any job', async () => {
    const time = new ManualTime(T0);
    const note = { by: 'ada', via: 'cli', what: 'run', outcome: 'asked' } as const;
    const notes = operations(time);
    await notes.addNote({ ...note, id: '1', at: '2026-03-01T00:00:00.000Z', job: 'one', tick: T0 });
    await notes.addNote({ ...note, id: '2', at: '2026-03-01T00:01:00.000Z', job: 'two' });
    await notes.addNote({ ...note, id: '2', at: '2026-03-01T00:01:00.000Z', job: 'two' });
    expect(await notes.notes(10)).toEqual([
      { ...note, id: '2', at: '2026-03-01T00:01:00.000Z', job: 'two' },
      { ...note, id: '1', at: '2026-03-01T00:00:00.000Z', job: 'one', tick: T0 },
    ]);
    expect(await notes.notesOf('one', 10)).toHaveLength(1);
  });

  describe('of many jobs, without a request for each', () => {
    const declining = () => Promise.reject(new SkipTick('a holiday'));
    const succeeding = async () => {};
    const missed = (job: string, tick: Tick) =>
      row(job, tick, { status: 'missed', reason: 'not_delivered', attempt: 0 });

    /** What became of a job; each is its own way of doing badly, or of having done so. */
    const FATES: Record<string, (job: Deliveries) => Promise<unknown>> = {
      'never ran': async () => {},
      succeeded: (job) => job.deliver(T0, succeeding),
      'failed for good': async (job) => {
        Object.assign(job.limits, { retryDelays: [] });
        await job.deliver(T0, failing);
      },
      'failed, and succeeded then': async (job) => {
        Object.assign(job.limits, { retryDelays: [] });
        await job.deliver(T0, failing);
        await job.deliver(T1, succeeding);
      },
      'waits for its next attempt': (job) => job.deliver(T1, failing),
      'waits, and a later tick succeeded': async (job) => {
        await job.deliver(T0, failing);
        await job.deliver(T1, succeeding);
      },
      'was missed': async (job) => {
        await job.deliver(T0, succeeding);
        await job.ledger.record(missed(job.job, T1), job.time.clock());
      },
      'was missed, and succeeded then': async (job) => {
        await job.ledger.record(missed(job.job, T0), job.time.clock());
        await job.deliver(T1, succeeding);
      },
      'died a while ago': (job) => job.dies(T0),
      'failed, and was skipped since': async (job) => {
        Object.assign(job.limits, { retryDelays: [] });
        await job.deliver(T0, failing);
        await job.deliver(T1, declining);
      },
      'is paused by the breaker': async (job) => {
        Object.assign(job.limits, { retryDelays: [], pauseAfter: 1 });
        await job.deliver(T0, failing);
        await job.deliver(T1, succeeding);
      },
    };

    test.each(Object.entries(FATES))('the report on a job that %s is the same', async (_, fate) => {
      const time = new ManualTime(T2);
      const job = jobAt(time);
      await fate(job);
      time.advance(MINUTE);
      const [list, asked] = [[listed(job)], operations(time)];
      const whole = await readOverview(list, asked, time.clock());
      const summary = await readSummary(list, asked, time.clock());
      expect(healthOf(summary)).toEqual(healthOf(whole));
      // Without the last rows, too, everything that is wrong is known.
      const standing = await readStanding(list, asked, time.clock());
      expect(healthOf(standing).reasons).toEqual(healthOf(whole).reasons);
      expect(await withRuns(standing.jobs, asked, time.clock())).toEqual(whole.jobs);
    });

    test('a failure longer ago than its row is looked for is one still', async () => {
      const time = new ManualTime(T0);
      const job = jobAt(time);
      Object.assign(job.limits, { retryDelays: [] });
      await job.deliver(T0, failing);
      time.advance(4 * DAY);
      await job.deliver(tickOf(time.clock()), declining);
      const standing = await readStanding([listed(job)], operations(time), time.clock());
      expect(standing.attention.filter((run) => run.job === job.job)).toEqual([]);
      expect(healthOf(standing).jobs[0]?.status).toBe('degraded');
    });

    const BEFORE = '2026-02-28T23:50Z';

    test.each<[string, (job: Deliveries) => Promise<unknown>]>([
      ['a success', (job) => job.deliver(T0, succeeding)],
      [
        'a failure, and a success',
        async (job) => {
          Object.assign(job.limits, { retryDelays: [] });
          await job.deliver(BEFORE, failing);
          Object.assign(job.limits, { retryDelays: [MINUTE] });
          await job.deliver(T0, succeeding);
        },
      ],
      [
        'a miss, and a success',
        async (job) => {
          await job.ledger.record(missed(job.job, BEFORE), job.time.clock());
          await job.deliver(T0, succeeding);
        },
      ],
    ])('the attempt of a job that waits for its next, after %s, is the last', async (_, before) => {
      const time = new ManualTime(T2);
      const job = jobAt(time);
      await before(job);
      await job.deliver(T1, failing);
      const [list, asked] = [[listed(job)], operations(time)];
      const summary = healthOf(await readSummary(list, asked, time.clock()));
      const whole = healthOf(await readOverview(list, asked, time.clock()));
      const of = ({ reasons }: typeof whole) => reasons.filter((one) => one.job === job.job);
      expect(of(summary)).toEqual(of(whole));
      expect(of(summary)).toMatchObject([{ what: expect.stringMatching(/failed in attempt 1/) }]);
      expect(summary.jobs[0]?.last).toMatchObject({ tick: T1, status: 'failed' });
      expect(whole.jobs[0]?.last).toMatchObject({ tick: T0, status: 'succeeded' });
    });

    test('a job that has only skipped shows that it did', async () => {
      const time = new ManualTime(T0);
      const job = jobAt(time);
      await job.deliver(T0, declining);
      const summary = await readSummary([listed(job)], operations(time), time.clock());
      expect(healthOf(summary).jobs).toMatchObject([
        { status: 'healthy', last: { tick: T0, status: 'skipped' } },
      ]);
    });

    test('costs a request for a hundred locks, one for a hundred rows, and eight', async () => {
      const time = new ManualTime(T0);
      const jobs = Array.from({ length: 101 }, () => jobAt(time));
      for (const job of jobs) await job.deliver(T0, succeeding);
      const list = jobs.map((job) => listed(job));
      const cost = (read: typeof readSummary) =>
        store.tap.costOf(() => read(list, operations(time), time.clock()));
      expect((await cost(readSummary)).requests).toBe(2 + 2 + 8);
      expect((await cost(readStanding)).requests).toBe(2 + 8);
    });
  });

  test('costs a request a job, and nine', async () => {
    const time = new ManualTime(T0);
    const list = Array.from({ length: 7 }, () => listed(jobAt(time)));
    const cost = await store.tap.costOf(() => readOverview(list, operations(time), time.clock()));
    expect(cost.requests).toBe(7 + 9);
  });
});
