import { describe, expect, test } from 'vitest';
import { BREAKER } from '../../../core/ledger/ledger.ts';
import { type Deliveries, MINUTE } from '../../support/deliveries.ts';
import { type Bench, failing, onEveryStore, T0, T1, T2, T3 } from '../../support/every-store.ts';
import { ENGINES, type Store } from '../../support/stores.ts';

const HOUR = 60 * MINUTE;

/** What some work costs: requests / write units / read units, as the store itself counts them. */
async function cost(bench: Bench, work: () => Promise<unknown>): Promise<string> {
  const { requests, writeUnits, readUnits } = await (bench.store as Store).tap.costOf(work);
  return `${requests}/${writeUnits}/${readUnits}`;
}

onEveryStore(
  'no path costs more than its budget (requests / write units / read units)',
  (bench) => {
    const of = (work: () => Promise<unknown>) => cost(bench, work);

    test('success: 3/3/0, tick after tick, and nothing else', async () => {
      const { job, time, dispatches } = bench;
      await job.deliver(T0);
      time.advance(10 * MINUTE);
      expect(await of(() => job.deliver(T1))).toBe('3/3/0');
      time.advance(10 * MINUTE);
      expect(await of(() => job.deliver(T2))).toBe('3/3/0');
      expect(dispatches.requests).toEqual({ scheduler: 0, lambda: 0 });
    });

    test('failed attempt with a retry planned: 3/3/0, and one request to EventBridge', async () => {
      const { job, dispatches } = bench;
      await job.deliver(T0);
      expect(await of(() => job.deliver(T1, failing))).toBe('3/3/0');
      expect(dispatches.requests).toEqual({ scheduler: 1, lambda: 0 });
    });

    test('run failed for good: 3/3/0, and no other request', async () => {
      const { job, dispatches } = bench;
      job.limits.retryDelays = [];
      await job.deliver(T0);
      expect(await of(() => job.deliver(T1, failing))).toBe('3/3/0');
      expect(dispatches.requests).toEqual({ scheduler: 0, lambda: 0 });
    });

    test('the failure that pauses the job: a write more, 4/4/0', async () => {
      const { job } = bench;
      Object.assign(job.limits, { retryDelays: [], pauseAfter: 2 });
      await job.deliver(T0, failing);
      expect(await of(() => job.deliver(T1, failing))).toBe('4/4/0');
      expect(job.turns).toMatchObject([{ kind: 'paused' }]);
    });

    test('one of three at once: 3/3/0', async () => {
      const { job } = bench;
      Object.assign(job.limits, { concurrency: 3, room: 3 });
      await job.deliver(T0);
      await job.dies(T1);
      await job.dies(T2);
      expect(await of(() => job.deliver(T3))).toBe('3/3/0');
    });

    test('in a group, beside another job: 3/3/0', async () => {
      const [one, other] = bench.group(2, {}, {}) as [Deliveries, Deliveries];
      await one.deliver(T0);
      await one.dies(T1);
      expect(await of(() => other.deliver(T0))).toBe('3/3/0');
    });

    test('where a tick could wait and none does: 3/3/0', async () => {
      const { job } = bench;
      job.limits.overlap = 'bufferOne';
      await job.deliver(T0);
      expect(await of(() => job.deliver(T1))).toBe('3/3/0');
    });
  },
  ENGINES,
);

// dynalite does not return the item with a refusal, which costs it a write and a read more.
onEveryStore(
  'nor does a path on which the lock refuses',
  (bench) => {
    const of = (work: () => Promise<unknown>) => cost(bench, work);
    /** As the breaker does once the job failed that often. */
    const pause = (job: Deliveries) => job.pauses({ by: BREAKER, why: 'no luck' });

    test('very first run: 4/4/0', async () => {
      expect(await of(() => bench.job.deliver(T0))).toBe('4/4/0');
    });

    test('duplicate after success: 1/1/0', async () => {
      await bench.job.deliver(T0);
      expect(await of(() => bench.job.deliver(T0))).toBe('1/1/0');
    });

    test('duplicate of an older tick: 2/1/1', async () => {
      await bench.job.deliver(T0);
      await bench.job.deliver(T1);
      expect(await of(() => bench.job.deliver(T0))).toBe('2/1/1');
    });

    test('duplicate while live: 1/1/0', async () => {
      await bench.job.dies(T0);
      expect(await of(() => bench.job.deliver(T0))).toBe('1/1/0');
    });

    test('a later attempt while the one before lives, or seems to: 2/1/1', async () => {
      await bench.job.dies(T0);
      expect(await of(() => bench.job.deliver(T0, undefined, { attempt: 2 }))).toBe('2/1/1');
    });

    test('overlap skip: 3/2/1', async () => {
      await bench.job.dies(T0);
      expect(await of(() => bench.job.deliver(T1))).toBe('3/2/1');
    });

    test('retry that succeeds: 5/4/1', async () => {
      const { job } = bench;
      await job.deliver(T0, failing);
      expect(await of(() => job.deliverPlanned())).toBe('5/4/1');
    });

    test.each([T0, T1])('take-over of a dead holder: 5/5/0, for %s', async (at) => {
      const { job, time } = bench;
      await job.dies(T0);
      time.advance(10 * MINUTE);
      const attempt = at === T0 ? 2 : 1;
      expect(await of(() => job.deliver(at, undefined, { attempt }))).toBe('5/5/0');
    });

    describe.each(['none', 'latest'] as const)('catchUp: %s', (catchUp) => {
      test('misfire: 2/1/1', async () => {
        const { job, time } = bench;
        job.limits.catchUp = catchUp;
        await job.deliver(T0);
        time.advance(HOUR + 11 * MINUTE);
        expect(await of(() => job.deliver(T1))).toBe('2/1/1');
      });
    });

    test('paused: 2/2/0', async () => {
      const { job } = bench;
      await job.deliver(T0);
      await pause(job);
      expect(await of(() => job.deliver(T1))).toBe('2/2/0');
    });

    test('a probe that fails: 4/4/0', async () => {
      const { job, time } = bench;
      await job.deliver(T0);
      await pause(job);
      time.advance(HOUR);
      expect(await of(() => job.deliver(T1, failing))).toBe('4/4/0');
    });

    test('a probe that succeeds ends the pause: 5/5/0', async () => {
      const { job, time } = bench;
      await job.deliver(T0);
      await pause(job);
      time.advance(HOUR);
      expect(await of(() => job.deliver(T1))).toBe('5/5/0');
      expect(job.turns).toMatchObject([{ kind: 'resumed' }]);
    });

    test('a tick that has to wait: 3/2/1; its turn: 4/4/0, and one request to Lambda', async () => {
      const { job, dispatches } = bench;
      job.limits.overlap = 'bufferOne';
      const first = await job.begins(T0);
      expect(await of(() => job.deliver(T1))).toBe('3/2/1');
      first.finish();
      expect(await of(() => first.outcome)).toBe('2/2/0');
      expect(dispatches.requests).toEqual({ scheduler: 0, lambda: 1 });
      expect(await of(() => job.deliverPlanned())).toBe('4/4/0');
    });

    test('one that takes the place of another: a write more, 4/3/1', async () => {
      const { job } = bench;
      job.limits.overlap = 'bufferOne';
      await job.dies(T0);
      await job.deliver(T1);
      expect(await of(() => job.deliver(T2))).toBe('4/3/1');
    });

    test('in a group that is full: 3/2/1; a read for each holder', async () => {
      const [one, other, third] = bench.group(2, {}, {}, {}) as [
        Deliveries,
        Deliveries,
        Deliveries,
      ];
      await one.dies(T0);
      await other.dies(T0);
      expect(await of(() => third.deliver(T0))).toBe('4/2/2');
    });

    test.each([3, 5])(
      'one more than %i at once: a read for each of the three oldest, 5/2/3',
      async (count) => {
        const { job, time } = bench;
        Object.assign(job.limits, { concurrency: count, room: count });
        for (let i = 0; i < count; i++) await job.dies(time.clock() + i * MINUTE);
        expect(await of(() => job.deliver(time.clock() + count * MINUTE))).toBe('5/2/3');
      },
    );
  },
  ENGINES.filter((engine) => engine === 'java'),
);
