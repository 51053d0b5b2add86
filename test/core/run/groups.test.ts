import { expect, test } from 'vitest';
import { DispatchError, type Dispatcher } from '../../../core/run/dispatcher.ts';
import { type Deliveries, MINUTE } from '../../support/deliveries.ts';
import {
  type Bench,
  failing,
  onEveryStore,
  T0,
  T1,
  T2,
  withLedger,
} from '../../support/every-store.ts';

type Three = [Deliveries, Deliveries, Deliveries];
type Five = [Deliveries, Deliveries, Deliveries, Deliveries, Deliveries];

/** Delivers whatever is called, one after the other, each run ending before the next begins. */
async function inTurn(bench: Bench, jobs: readonly Deliveries[]): Promise<Deliveries[]> {
  const ran: Deliveries[] = [];
  for (;;) {
    const name = bench.dispatches.open[0]?.event.job;
    const job = jobs.find((job) => job.job === name);
    if (!job) return ran;
    const { status } = await job.deliverPlanned();
    if (status === 'succeeded') ran.push(job);
  }
}

onEveryStore('a group', (bench) => {
  test('of two, five jobs due at once: never more than two live, all run, by priority', async () => {
    const jobs = bench.group(2, ...[0, 1, 2, 9, 5].map((priority) => ({ priority }))) as Five;
    const [a, b, c, d, e] = jobs;
    let live = 0;
    let most = 0;
    const order: Deliveries[] = [];
    const busy = (job: Deliveries) => async () => {
      order.push(job);
      most = Math.max(most, ++live);
      await new Promise((done) => setImmediate(done));
      live -= 1;
    };
    const [first, second] = [await a.begins(T0), await b.begins(T0)];
    for (const job of [c, d, e]) expect((await job.deliver(T0)).status).toBe('waiting');
    live = 2;
    for (const { finish, outcome } of [first, second]) {
      live -= 1;
      finish();
      await outcome;
    }
    while (bench.dispatches.open.length > 0) {
      const called = jobs.filter(({ job }) =>
        bench.dispatches.open.some(({ event }) => event.job === job),
      );
      await Promise.all(called.map((job) => job.deliverPlanned(busy(job))));
    }
    expect(most).toBeLessThanOrEqual(2);
    // The two of the highest priority, which began together; then the third.
    expect(new Set(order.slice(0, 2))).toEqual(new Set([d, e]));
    expect(order.slice(2)).toEqual([c]);
    for (const job of jobs) expect((await job.row(T0))?.status).toBe('succeeded');
    expect(await a.lock()).toMatchObject({ holders: {}, waiting: {} });
  });

  test('of one: turns by priority, and where that is equal by who came first', async () => {
    const jobs = bench.group(1, {}, ...[0, 5, 5, 9].map((priority) => ({ priority }))) as Five;
    const [busy, low, first, second, high] = jobs;
    const run = await busy.begins(T0);
    for (const job of [low, first, second, high]) {
      bench.time.advance(1);
      expect((await job.deliver(T0)).status).toBe('waiting');
    }
    run.finish();
    await run.outcome;
    expect(await inTurn(bench, jobs)).toEqual([high, first, second, low]);
  });

  test('waits also where the job’s own overlap is to skip; a second tick of it is skipped', async () => {
    const [one, other] = bench.group(1, {}, {}) as Three;
    await one.begins(T0);
    expect((await other.deliver(T0)).status).toBe('waiting');
    expect(await other.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
    expect(await one.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
  });

  test('or is superseded by it, where that is what the job wants', async () => {
    const [one, other] = bench.group(1, {}, { overlap: 'bufferOne' }) as Three;
    await one.begins(T0);
    await other.deliver(T0);
    expect((await other.deliver(T1)).status).toBe('waiting');
    expect(await other.row(T0)).toMatchObject({ status: 'skipped', reason: 'superseded' });
  });

  test.each([0, 1])(
    'who finds it full, and one of its two holders gone before it could wait, runs (%i)',
    async (gone) => {
      const [one, other, third] = bench.group(2, {}, {}, {}) as Three;
      const runs = [await one.begins(T0), await other.begins(T0)];
      const { ledger } = bench;
      const slow = withLedger(ledger, {
        wait: async (...asked) => {
          runs[gone]?.finish();
          await runs[gone]?.outcome;
          return ledger.wait(...asked);
        },
      });
      expect((await third.deliver(T0, undefined, { ledger: slow })).status).toBe('succeeded');
      expect((await one.lock())?.waiting).toEqual({});
    },
  );

  test('calls whoever can be called, also where another can not', async () => {
    const [one, other, broken, next] = bench.group(2, {}, {}, { priority: 1 }, {}) as Five;
    const dispatcher: Dispatcher = {
      at: (...asked) => bench.dispatches.at(...asked),
      now: async (event) => {
        if (event.job === broken.job) throw new DispatchError('no such function');
        await bench.dispatches.now(event);
      },
    };
    const runs = [await one.begins(T0, { dispatcher }), await other.begins(T0, { dispatcher })];
    for (const job of [broken, next]) expect((await job.deliver(T0)).status).toBe('waiting');
    for (const { finish, outcome } of runs) {
      finish();
      await expect(outcome).rejects.toThrow(DispatchError);
    }
    expect(bench.dispatches.agenda).toEqual([`${next.job} 00:00 now`]);
  });

  test('nobody overtakes: who comes when there is room waits behind who waits', async () => {
    const [one, patient, eager] = bench.group(1, {}, {}, {}) as Three;
    const run = await one.begins(T0);
    await patient.deliver(T0);
    run.finish();
    await run.outcome;
    // Called, and still on its way.
    bench.time.advance(1);
    expect((await eager.deliver(T0)).status).toBe('waiting');
    expect(await inTurn(bench, [patient, eager])).toEqual([patient, eager]);
  });

  test('nor by a clock that is slow: it would be first in line, and nobody would call it', async () => {
    const [one, patient, eager] = bench.group(1, {}, {}, {}) as Three;
    const run = await one.begins(T0);
    await patient.deliver(T0);
    run.finish();
    await run.outcome;
    const clock = () => bench.time.clock() - 1;
    expect((await eager.deliver(T0, undefined, { clock })).status).toBe('waiting');
    expect(await inTurn(bench, [patient, eager])).toEqual([patient, eager]);
  });

  test('but a higher priority goes first', async () => {
    const [one, patient, urgent] = bench.group(1, {}, {}, { priority: 1 }) as Three;
    const run = await one.begins(T0);
    await patient.deliver(T0);
    run.finish();
    await run.outcome;
    const first = await urgent.begins(T0);
    expect(await patient.deliverPlanned()).toMatchObject({ reason: 'already_waiting' });
    first.finish();
    await first.outcome;
    expect(await inTurn(bench, [patient])).toEqual([patient]);
  });

  test('with more room than who waits for it lets others in', async () => {
    const [one, other, third] = bench.group(2, {}, {}, {}) as Three;
    const runs = [await one.begins(T0), await other.begins(T0)];
    await third.deliver(T0);
    for (const { finish, outcome } of runs) {
      finish();
      await outcome;
    }
    // One place is kept for who waits, and one is free.
    expect((await one.deliver(T1)).status).toBe('succeeded');
    expect(await inTurn(bench, [third])).toEqual([third]);
  });

  test('keeps no place for a job that is at its own concurrency', async () => {
    const [one, other] = bench.group(2, { overlap: 'bufferOne' }, {}) as Three;
    await one.begins(T0);
    expect((await one.deliver(T1)).status).toBe('waiting');
    expect((await other.deliver(T0)).status).toBe('succeeded');
    // Its turn is not called either: it could not take it.
    expect(bench.dispatches.open).toEqual([]);
  });

  test.each([0, 1])(
    'that is full lets a job wait that is below its own concurrency, held by itself or not (%i)',
    async (holder) => {
      const concurrency = 2;
      const [one, other] = bench.group(1, { concurrency }, { concurrency }) as Three;
      await (holder === 0 ? one : other).begins(T0);
      expect((await one.deliver(T1)).status).toBe('waiting');
    },
  );

  test('lets a job run as often as its own concurrency, and no oftener', async () => {
    const [one, other] = bench.group(3, { concurrency: 2 }, {}) as Three;
    const runs = [await one.begins(T0), await one.begins(T1)];
    expect(await one.deliver(T2)).toMatchObject({ status: 'skipped', reason: 'overlap' });
    expect((await other.deliver(T0)).status).toBe('succeeded');
    for (const { finish, outcome } of runs) {
      finish();
      await outcome;
    }
  });

  test('counts failures, pauses and ticks by job', async () => {
    const [one, other] = bench.group(2, { pauseAfter: 1, retryDelays: [] }, {}) as Three;
    await one.deliver(T0, failing);
    expect(await one.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'paused' });
    expect((await other.deliver(T0)).status).toBe('succeeded');
    expect(await one.lock()).toMatchObject({
      failures: { [one.job]: 1, [other.job]: 0 },
      last: { [one.job]: { status: 'failed' }, [other.job]: { status: 'succeeded' } },
    });
  });

  test('whose holder died: another job of it seals the row, with what that job wanted', async () => {
    const [one, other] = bench.group(1, { retryDelays: [30 * MINUTE] }, {}) as Three;
    await one.dies(T0);
    bench.time.advance(6 * MINUTE);
    expect((await other.deliver(T0)).status).toBe('succeeded');
    expect(await one.row(T0)).toMatchObject({
      job: one.job,
      status: 'crashed',
      retryAt: '2026-03-01T00:36:00.000Z',
    });
    expect(other.closed).toMatchObject([{ job: one.job, status: 'crashed' }]);
  });

  test('a job that does not take its turn leaves it to the next', async () => {
    const [one, paused, next] = bench.group(1, {}, { priority: 1 }, {}) as Three;
    const run = await one.begins(T0);
    await paused.deliver(T0);
    await next.deliver(T0);
    await paused.pauses();
    run.finish();
    await run.outcome;
    expect(await paused.deliverPlanned()).toMatchObject({ status: 'skipped', reason: 'paused' });
    expect(await inTurn(bench, [next])).toEqual([next]);
    expect((await one.lock())?.waiting).toEqual({});
  });
});
