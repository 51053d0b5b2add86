import { expect, test } from 'vitest';
import { meanDurations } from '../../../cli/plan/durations.ts';
import type { Lock } from '../../../core/ledger/ledger.ts';
import type { OperationsStore } from '../../../core/ledger/operations-store.ts';
import { deployedOf } from '../../../core/run/limits.ts';
import type { Run } from '../../../core/run/states.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';

const jobs = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    deployedOf(resolveJob(`job-${i}`, { every: '5 minutes' })),
  );

/** A store in which each job ran last at 09:00; of the tick n minutes before that its run took n seconds. */
function storeOf(names: readonly string[], status: Run['status'] = 'succeeded') {
  const asked: string[] = [];
  const last = (job: string) => ({ last: { [job]: { tick: '2026-03-01T09:00Z' } } });
  const store = {
    readLocks: async () => new Map(names.map((job) => [job, last(job) as unknown as Lock])),
    async readRows(keys: readonly Pick<Run, 'job' | 'tick'>[]) {
      asked.push(...keys.map(({ tick }) => tick));
      return keys.map(({ job, tick }) => {
        const before = (Date.parse('2026-03-01T09:00Z') - Date.parse(tick)) / 60;
        const startedAt = '2026-03-01T09:00:00.000Z';
        const finishedAt = new Date(Date.parse(startedAt) + before).toISOString();
        return { job, tick, status, startedAt, finishedAt } as Run;
      });
    },
  };
  return { asked, store: store as unknown as OperationsStore };
}

test('the mean of the last twenty runs', async () => {
  const { asked, store } = storeOf(['job-0']);
  // 0, 5, 10 ... 95 seconds.
  expect(await meanDurations(jobs(1), store)).toEqual(new Map([['job-0', 47_500]]));
  expect(asked).toHaveLength(20);
});

test('in a long list of fewer, so that all together are as many as before', async () => {
  const list = jobs(1_000);
  const { asked, store } = storeOf(list.map(({ name }) => name));
  const means = await meanDurations(list, store);
  expect(asked).toHaveLength(2_000);
  expect(means.get('job-999')).toBe(2_500);
});

test('a job that never ran, or has not succeeded, has none', async () => {
  expect(await meanDurations(jobs(2), storeOf([]).store)).toEqual(new Map());
  expect(await meanDurations(jobs(1), storeOf(['job-0'], 'failed').store)).toEqual(new Map());
});
