import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../core/ledger/ledger.ts';
import { Deliveries, heldOpen, MINUTE } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { ENGINES, memoryLedger, type Store, startStore } from '../../support/stores.ts';

const T0 = '2026-03-01T00:00Z';
const T1 = '2026-03-01T00:10Z';
const T2 = '2026-03-01T00:20Z';

/** Those of a process that is gone. */
const NO_TIMERS = { after: () => () => {} };
const failing = () => Promise.reject(new Error('no luck'));

describe.each(['memory' as const, ...ENGINES])('every path of the protocol, on %s', (engine) => {
  let store: Store | undefined;
  let time: ManualTime;
  let job: Deliveries;
  beforeAll(async () => {
    if (engine !== 'memory') store = await startStore(engine);
  });
  afterAll(() => store?.stop());
  beforeEach(() => {
    time = new ManualTime(T0);
    job = new Deliveries(store?.ledgerAt(time.clock) ?? memoryLedger(time.clock), time);
  });

  /** An attempt that claimed and then died without a word. */
  const crash = async (at: string) => {
    const { code, started } = heldOpen();
    void job.deliver(at, code, { timers: NO_TIMERS });
    await started;
  };

  /** Pausing comes with the breaker and the CLI; the item is what they will write. */
  const pause = () =>
    (store as Store).client.send(
      new UpdateItemCommand({
        TableName: 'locks',
        Key: { lock: { S: job.job } },
        UpdateExpression: 'SET paused.#job = :pause',
        ExpressionAttributeNames: { '#job': job.job },
        ExpressionAttributeValues: { ':pause': { M: { by: { S: 'ada' }, why: { S: 'audit' } } } },
      }),
    );

  describe.runIf(engine !== 'memory')(
    'costs no more than the budget (requests / write units / read units)',
    () => {
      const cost = (work: () => Promise<unknown>) => (store as Store).tap.costOf(work);
      const table = (requests: number, writeUnits: number, readUnits: number) => ({
        requests,
        writeUnits,
        readUnits,
      });

      test('success: 3/3/0, tick after tick', async () => {
        await job.deliver(T0);
        time.advance(10 * MINUTE);
        expect(await cost(() => job.deliver(T1))).toEqual(table(3, 3, 0));
        time.advance(10 * MINUTE);
        expect(await cost(() => job.deliver(T2))).toEqual(table(3, 3, 0));
      });

      test('failed run: 3/3/0', async () => {
        await job.deliver(T0);
        expect(await cost(() => job.deliver(T1, failing))).toEqual(table(3, 3, 0));
      });

      // dynalite does not return the item with a refusal, which costs it a write and a read more.
      describe.runIf(engine === 'java')('where refusals bring their item', () => {
        test('very first run: 4/4/0', async () => {
          expect(await cost(() => job.deliver(T0))).toEqual(table(4, 4, 0));
        });

        test('duplicate after success: 1/1/0', async () => {
          await job.deliver(T0);
          expect(await cost(() => job.deliver(T0))).toEqual(table(1, 1, 0));
        });

        test('duplicate of an older tick: 2/1/1', async () => {
          await job.deliver(T0);
          await job.deliver(T1);
          expect(await cost(() => job.deliver(T0))).toEqual(table(2, 1, 1));
        });

        test('duplicate while live: 2/1/1', async () => {
          await crash(T0);
          expect(await cost(() => job.deliver(T0))).toEqual(table(2, 1, 1));
        });

        test('overlap skip: 3/2/1', async () => {
          await crash(T0);
          expect(await cost(() => job.deliver(T1))).toEqual(table(3, 2, 1));
        });

        test('retry after failure: 5/4/1', async () => {
          await job.deliver(T0, failing);
          const retry = () => job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' });
          expect(await cost(retry)).toEqual(table(5, 4, 1));
        });

        test.each([T0, T1])('take-over of a dead holder: 5/5/0, for %s', async (at) => {
          await crash(T0);
          time.advance(10 * MINUTE);
          expect(await cost(() => job.deliver(at))).toEqual(table(5, 5, 0));
        });

        test('misfire: 2/1/1', async () => {
          time.advance(61 * MINUTE);
          expect(await cost(() => job.deliver(T0))).toEqual(table(2, 1, 1));
        });

        test('paused: 2/2/0', async () => {
          await job.deliver(T0);
          await pause();
          expect(await cost(() => job.deliver(T1))).toEqual(table(2, 2, 0));
        });
      });
    },
  );

  test('a run leaves one row that tells all of it', async () => {
    time.advance(1_500);
    const { code, started, finish } = heldOpen();
    const outcome = job.deliver(T0, code);
    await started;
    time.advance(2_000);
    finish({ warned: 12 });
    expect(await outcome).toMatchObject({
      status: 'succeeded',
      output: { warned: 12 },
      attempt: 1,
    });
    expect(await job.row(T0)).toMatchObject({
      tick: T0,
      status: 'succeeded',
      attempt: 1,
      trigger: 'schedule',
      startedAt: '2026-03-01T00:00:01.500Z',
      finishedAt: '2026-03-01T00:00:03.500Z',
      output: { warned: 12 },
      instanceId: '5ca1ab1e',
    });
  });

  test('a failed run leaves its error', async () => {
    await job.deliver(T0, failing);
    expect(await job.row(T0)).toMatchObject({
      status: 'failed',
      error: { name: 'Error', message: 'no luck' },
    });
  });

  test('fencing tokens grow with every run, and the code gets its own', async () => {
    const tokens: number[] = [];
    for (const at of [T0, T1, T2]) {
      await job.deliver(at, async ({ fencingToken }) => tokens.push(fencingToken));
    }
    expect(tokens[0]).toBeGreaterThanOrEqual(Date.parse(T0));
    expect(tokens).toEqual([...new Set(tokens)].sort());
    expect(tokens).toHaveLength(3);
  });

  describe('duplicates', () => {
    test('four deliveries at once: one run', async () => {
      let runs = 0;
      const statuses = await Promise.all(
        [1, 2, 3, 4].map(() => job.deliver(T0, async () => ++runs)),
      );
      expect(runs).toBe(1);
      expect(statuses.map(({ status }) => status).sort()).toEqual([
        'duplicate',
        'duplicate',
        'duplicate',
        'succeeded',
      ]);
    });

    test('while the first runs, and after it succeeded', async () => {
      const { code, started, finish } = heldOpen();
      const first = job.deliver(T0, code);
      await started;
      expect(await job.deliver(T0)).toMatchObject({
        status: 'duplicate',
        reason: 'already_running',
      });
      finish();
      await first;
      expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
    });

    test('of an older tick that succeeded', async () => {
      await job.deliver(T0);
      await job.deliver(T1);
      expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
    });

    test('of a tick that failed: the same attempt is not run again', async () => {
      await job.deliver(T0, failing);
      expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
    });

    test('of a tick that was skipped', async () => {
      await crash(T0);
      await job.deliver(T1);
      expect(await job.deliver(T1)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
    });
  });

  describe('a tick that comes due while the job runs', () => {
    test('is skipped, and the row says why', async () => {
      const { code, started, finish } = heldOpen();
      const first = job.deliver(T0, code);
      await started;
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      expect(await job.row(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      finish();
      expect((await first).status).toBe('succeeded');
      expect((await job.deliver(T2)).status).toBe('succeeded');
    });
  });

  describe('an older tick', () => {
    test('that comes for the first time, late, is run', async () => {
      await job.deliver(T1);
      expect((await job.deliver(T0)).status).toBe('succeeded');
      expect((await job.deliver(T1)).status).toBe('duplicate');
    });

    test('that failed is run again by a retry, and counted', async () => {
      await job.deliver(T0, failing);
      await job.deliver(T1);
      const outcome = await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' });
      expect(outcome).toMatchObject({ status: 'succeeded', attempt: 2 });
      expect(await job.row(T0)).toMatchObject({ status: 'succeeded', attempt: 2 });
      expect((await job.row(T0))?.error).toBeUndefined();
    });

    test('whose retry finds the job running says so', async () => {
      await job.deliver(T0, failing);
      await crash(T1);
      const outcome = await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' });
      expect(outcome).toMatchObject({ status: 'skipped', reason: 'overlap' });
      expect(await job.row(T0)).toMatchObject({ status: 'skipped', reason: 'overlap', attempt: 2 });
    });
  });

  describe('a process that died', () => {
    test('holds nobody up beyond its lease', async () => {
      await crash(T0);
      time.advance(5 * MINUTE + 4_999);
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped' });
      time.advance(1);
      expect((await job.deliver(T2)).status).toBe('succeeded');
    });

    test('has its row sealed by the next tick, and is run again when redelivered', async () => {
      await crash(T0);
      time.advance(10 * MINUTE);
      await job.deliver(T1);
      expect(await job.row(T0)).toMatchObject({
        status: 'crashed',
        reason: 'lease_expired',
        attempt: 1,
      });
      expect(await job.deliver(T0)).toMatchObject({ status: 'succeeded', attempt: 2 });
    });

    test('that comes back from the dead changes neither row nor lock', async () => {
      const zombie = heldOpen();
      const late = job.deliver(T0, zombie.code, { timers: NO_TIMERS });
      await zombie.started;
      time.advance(10 * MINUTE);
      const successor = heldOpen();
      const current = job.deliver(T0, successor.code);
      await successor.started;
      zombie.finish('too late');
      expect(await late).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
      expect(job.lines).toEqual([
        `sealed ${T0}`,
        'run not recorded: a later attempt or a take-over closed its row',
      ]);
      expect((await job.ledger.readLock(job.job))?.holders[job.job]?.attempt).toBe(2);
      successor.finish('mine');
      expect((await current).status).toBe('succeeded');
      expect(await job.row(T0)).toMatchObject({ status: 'succeeded', output: 'mine', attempt: 2 });
    });
  });

  describe('lost answers', () => {
    /** The ledger as a caller sees it whose first `method` is applied and answered by the second sending. */
    const sentTwice = (method: 'acquire' | 'record' | 'release'): Ledger =>
      new Proxy(job.ledger, {
        get: (ledger, name: keyof Ledger) => {
          const call = (ledger[name] as (...args: unknown[]) => Promise<unknown>).bind(ledger);
          return name === method
            ? async (...args: unknown[]) => {
                await call(...args);
                return call(...args);
              }
            : call;
        },
      });

    test.each(['acquire', 'record', 'release'] as const)(
      'of %s: the second sending meets the first',
      async (method) => {
        await job.deliver(T0);
        const outcome = await job.deliver(T1, undefined, { ledger: sentTwice(method) });
        expect(outcome.status).toBe('succeeded');
        expect((await job.ledger.readLock(job.job))?.holders).toEqual({});
        expect(job.lines).toEqual([]);
      },
    );

    test('of a release: the next tick sees the finished row and goes on', async () => {
      const lost: Ledger = new Proxy(job.ledger, {
        get: (ledger, name: keyof Ledger) =>
          name === 'release' ? async () => true : (ledger[name] as () => unknown).bind(ledger),
      });
      await job.deliver(T0, undefined, { ledger: lost });
      expect((await job.deliver(T1)).status).toBe('succeeded');
    });
  });

  describe.runIf(engine !== 'memory')('a paused job', () => {
    test('skips, and the row says so', async () => {
      await job.deliver(T0);
      await pause();
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'paused' });
      expect(await job.row(T1)).toMatchObject({ status: 'skipped', reason: 'paused' });
    });

    test('whose failed tick is to be retried says why it was not', async () => {
      await job.deliver(T0, failing);
      await pause();
      await job.deliver(T0, undefined, { attempt: 2, trigger: 'retry' });
      expect(await job.row(T0)).toMatchObject({ status: 'skipped', reason: 'paused', attempt: 2 });
    });

    test('that died before leaves its crash on the row, whatever is redelivered', async () => {
      await crash(T0);
      await pause();
      time.advance(10 * MINUTE);
      expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate' });
      expect(await job.row(T0)).toMatchObject({ status: 'crashed' });
    });
  });

  describe('a late delivery', () => {
    test('is skipped as a misfire', async () => {
      time.advance(60 * MINUTE + 1);
      expect(await job.deliver(T0)).toMatchObject({ status: 'skipped', reason: 'misfire' });
      expect(await job.row(T0)).toMatchObject({ status: 'skipped', reason: 'misfire' });
    });

    test('is run while within the grace, and by hand at any time', async () => {
      time.advance(60 * MINUTE);
      expect((await job.deliver(T0)).status).toBe('succeeded');
      time.advance(60 * MINUTE);
      expect((await job.deliver(T1, undefined, { trigger: 'manual' })).status).toBe('succeeded');
    });

    test('of a tick that still runs leaves the row to the run', async () => {
      job.timeout = 120 * MINUTE;
      const { code, started, finish } = heldOpen();
      const run = job.deliver(T0, code);
      await started;
      time.advance(61 * MINUTE);
      expect(await job.deliver(T0)).toMatchObject({
        status: 'duplicate',
        reason: 'already_running',
      });
      finish();
      await run;
      expect((await job.row(T0))?.status).toBe('succeeded');
    });

    test('of a tick whose process died says that it did', async () => {
      await crash(T0);
      time.advance(61 * MINUTE);
      expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate' });
      expect(await job.row(T0)).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    });

    test('of a tick that ended long ago changes nothing', async () => {
      await job.deliver(T0);
      time.advance(61 * MINUTE);
      expect((await job.deliver(T0)).status).toBe('duplicate');
      expect((await job.row(T0))?.status).toBe('succeeded');
    });
  });

  describe('a run that takes too long', () => {
    test('and stops at the signal: timed_out, and the lock is free', async () => {
      const outcome = job.deliver(
        T0,
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
      await expect.poll(() => job.ledger.readLock(job.job)).toBeDefined();
      await Promise.resolve();
      await expect
        .poll(async () => {
          time.advance(MINUTE);
          return job.row(T0);
        })
        .toMatchObject({ status: 'timed_out' });
      expect((await outcome).status).toBe('timed_out');
      expect((await job.ledger.readLock(job.job))?.holders).toEqual({});
    });

    test('and does not stop: timed_out, and the lock is held until its lease ends', async () => {
      const { code, started } = heldOpen();
      void job.deliver(T0, code);
      await started;
      time.advance(5 * MINUTE - 5_000);
      await expect.poll(() => job.row(T0)).toMatchObject({ status: 'timed_out' });
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      time.advance(10_000);
      expect((await job.deliver(T2)).status).toBe('succeeded');
      expect((await job.row(T0))?.status).toBe('timed_out');
    });
  });

  test('what can not be recorded as JSON does not fail the run', async () => {
    await job.deliver(T0, async () => 10n);
    expect(await job.row(T0)).toMatchObject({
      status: 'succeeded',
      output: { note: expect.stringMatching(/not JSON/) },
    });
    await job.deliver(T1, async () => 'x'.repeat(70_000));
    expect(await job.row(T1)).toMatchObject({
      status: 'succeeded',
      output: { note: expect.stringMatching(/70002 bytes/) },
    });
  });
});
