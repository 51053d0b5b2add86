import { expect, test } from 'vitest';
import { prune } from '../../../core/operations/prune.ts';
import { DAY } from '../../../core/schedule/duration.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0 } from '../../support/every-store.ts';
import { ENGINES } from '../../support/stores.ts';
import { operationsStore, tellOf } from './bench.ts';

onEveryStore(
  'pruning',
  (bench) => {
    const NEWEST = Date.parse(T0) + 40 * MINUTE;
    const job = () => ({ name: bench.job.job, misfireGrace: 0 });
    const older = (days: number, more = {}) =>
      prune(job(), { olderThan: days * DAY, ...more }, operationsStore(bench), bench.time.clock());
    const rowsLeft = async () => {
      const ticks = [];
      for await (const page of operationsStore(bench).rowsBetween(bench.job.job, '0', '9'))
        ticks.push(...page.map(({ tick }) => tick.slice(11)));
      return ticks;
    };

    /** Successes at 00:00, 00:10 and 00:40, failures at 00:20 and 00:30, of which one waits for its retry. */
    async function history() {
      const { job, time } = bench;
      await job.deliver(T0);
      for (const code of [undefined, failing, failing, undefined]) {
        time.advance(10 * MINUTE);
        const isLast = time.clock() === NEWEST - 10 * MINUTE;
        Object.assign(job.limits, { retryDelays: isLast ? [MINUTE] : [] });
        await job.deliver(time.clock(), code);
      }
      // Told, as a sweep would.
      const failed = await job.row(NEWEST - 20 * MINUTE);
      if (failed) await tellOf(failed, bench);
      time.advance(30 * DAY);
    }

    test('deletes what is old, but for what waits and the newest', async () => {
      await history();
      expect(await older(7, { dryRun: true })).toMatchObject({ deleted: 3, kept: 2 });
      expect(await rowsLeft()).toHaveLength(5);
      expect(await older(7)).toEqual({ job: bench.job.job, deleted: 3, kept: 2 });
      expect(await rowsLeft()).toEqual(['00:30Z', '00:40Z']);
      expect(await older(7)).toMatchObject({ deleted: 0 });
    });

    test('deletes those of one status', async () => {
      await history();
      expect(await older(7, { status: 'failed' })).toMatchObject({ deleted: 1, kept: 1 });
      expect(await rowsLeft()).toEqual(['00:00Z', '00:10Z', '00:30Z', '00:40Z']);
    });

    test('leaves what is younger, or may still be delivered', async () => {
      await history();
      expect(await older(31)).toMatchObject({ deleted: 0, kept: 0 });
      const grace = { name: bench.job.job, misfireGrace: 29 * DAY };
      const now = bench.time.clock();
      expect(await prune(grace, { olderThan: 7 * DAY }, operationsStore(bench), now)).toMatchObject(
        {
          deleted: 0,
        },
      );
    });

    test('leaves what nobody was told of, and what has changed since it was seen', async () => {
      const { job, time } = bench;
      Object.assign(job.limits, { retryDelays: [] });
      await job.deliver(T0, failing);
      time.advance(10 * MINUTE);
      await job.deliver(time.clock());
      time.advance(30 * DAY);
      expect(await older(7)).toMatchObject({ deleted: 0, kept: 2 });
      const store = operationsStore(bench);
      const stale = {
        rowsBetween: store.rowsBetween.bind(store),
        recentRuns: store.recentRuns.bind(store),
        async deleteRow(row: Parameters<typeof store.deleteRow>[0]) {
          await job.deliver(T0, undefined, { trigger: 'retry', attempt: 2 });
          return store.deleteRow(row);
        },
      };
      const what = { olderThan: 7 * DAY };
      expect(
        await prune({ name: job.job, misfireGrace: 0 }, what, stale, time.clock()),
      ).toMatchObject({ deleted: 0, kept: 2 });
      expect(await job.row(T0)).toMatchObject({ status: 'succeeded' });
    });
  },
  ENGINES,
);
