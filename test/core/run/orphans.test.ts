import { expect, test } from 'vitest';
import { DispatchError } from '../../../core/run/dispatcher.ts';
import type { Deployed } from '../../../core/run/limits.ts';
import { freeOrphans } from '../../../core/run/orphans.ts';
import { type Deliveries, MINUTE } from '../../support/deliveries.ts';
import { onEveryStore, T0, T1 } from '../../support/every-store.ts';

const GONE = {
  name: 'NotInTheList',
  message: 'the job left the list while the tick waited',
};

/** A job as the list has it. */
function listed({ job, limits, payload }: Deliveries, lock = limits.lock): Deployed {
  const plan = { expressions: ['rate(10 minutes)'], timeZone: 'UTC', misfireGrace: 60 * MINUTE };
  const more = { description: '', timeout: 5 * MINUTE, memory: 256, warnAfter: [] };
  return { name: job, ...plan, ...more, enabled: true, payload, limits: { ...limits, lock } };
}

onEveryStore('a lock of jobs that have left it', (bench) => {
  type Three = [Deliveries, Deliveries, Deliveries];
  const three = (...priorities: number[]) =>
    bench.group(1, ...priorities.map((priority) => ({ priority }))) as Three;
  /** What the sweeper does with it: these are in the list. */
  const frees = async (job: Deliveries, list: Deployed[], context = job.context) => {
    const lock = await job.lock();
    if (!lock) throw new Error('no lock');
    await freeOrphans(lock, 1, (name) => list.find((one) => one.name === name), context);
  };
  const waiting = async (job: Deliveries) =>
    Object.values((await job.lock())?.waiting ?? {}).map(({ job }) => job);

  /** The first holds it, the others wait; then it ends, and whoever it called never comes. */
  const queued = async ([one, other, third]: Three) => {
    const run = await one.begins(T0);
    await other.deliver(T0);
    await third.deliver(T0);
    run.finish();
    await run.outcome;
    bench.dispatches.take(other.job);
    bench.time.advance(2 * MINUTE);
  };

  test('by leaving the list: their turns are over, and the others are called', async () => {
    const [one, gone, next] = three(0, 9, 0);
    await queued([one, gone, next]);
    await frees(one, [listed(one), listed(next)]);
    expect(await gone.row(T0)).toMatchObject({
      status: 'missed',
      reason: 'not_delivered',
      error: GONE,
      attempt: 1,
    });
    expect(one.closed).toMatchObject([{ job: gone.job, tick: T0, status: 'missed' }]);
    expect(await waiting(one)).toEqual([next.job]);
    expect(bench.dispatches.agenda).toEqual([`${next.job} 00:00 now`]);
    expect((await next.deliverPlanned()).status).toBe('succeeded');
  });

  test('keeps the place of one that has just come: its function may still be there', async () => {
    const [one, gone] = three(0, 0, 0);
    const run = await one.begins(T0);
    bench.time.advance(MINUTE);
    await gone.deliver(T0);
    bench.time.advance(2 * MINUTE - 1);
    await frees(one, [listed(one)]);
    expect(await waiting(one)).toEqual([gone.job]);
    expect(await gone.row(T0)).toBeUndefined();
    run.finish();
    await run.outcome;
  });

  test('by leaving the list: who died holding it is sealed for good, and the next is called', async () => {
    const [gone, next] = three(0, 0, 0);
    await gone.dies(T0);
    await next.deliver(T0);
    bench.time.advance(4 * MINUTE);
    await frees(next, [listed(next)]);
    expect(await gone.row(T0)).toBeUndefined(); // it may still live
    bench.time.advance(2 * MINUTE);
    await frees(next, [listed(next)]);
    const row = await gone.row(T0);
    expect(row).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    expect(row).not.toHaveProperty('retryAt');
    expect(await next.lock()).toMatchObject({ holders: {}, failures: { [gone.job]: 1 } });
    expect(bench.dispatches.agenda).toEqual([`${next.job} 00:00 now`]);
  });

  test('for another: their turns come there, and who died is tried again there', async () => {
    const [one, moved, next] = three(0, 9, 0);
    moved.payload = { daysAhead: 30 };
    await queued([one, moved, next]);
    await frees(one, [listed(one), listed(moved, moved.job), listed(next)]);
    expect(bench.dispatches.open).toMatchObject([
      { time: 'now', event: { job: moved.job, attempt: 1, payload: { daysAhead: 30 } } },
      { time: 'now', event: { job: next.job } },
    ]);
    expect(await waiting(one)).toEqual([next.job]);
    moved.limits.lock = moved.job;
    expect(await moved.deliverPlanned()).toMatchObject({ status: 'succeeded', tick: T0 });

    await next.deliverPlanned();
    const requestId = await one.dies(T1);
    bench.time.advance(10 * MINUTE);
    await frees(one, [listed(one, one.job)]);
    expect(await one.row(T1)).toMatchObject({ status: 'crashed', requestId });
    expect((await one.lock())?.holders).toEqual({});
    expect(bench.dispatches.agenda).toContain(`${one.job} 00:10 at 00:13`);
  });

  test('for another: a run by hand that died is tried again with the payload that it had', async () => {
    const [moved] = three(0, 0, 0);
    moved.payload = { daysAhead: 30 };
    await moved.dies(T0, { trigger: 'manual', payload: { daysAhead: 7 } });
    bench.time.advance(6 * MINUTE);
    await frees(moved, [listed(moved, moved.job)]);
    expect(await moved.row(T0)).toMatchObject({ status: 'crashed', retryAt: expect.any(String) });
    expect(bench.dispatches.open).toMatchObject([{ event: { payload: { daysAhead: 7 } } }]);
  });

  test('that can not be called does not keep the others waiting, nor lose its turn', async () => {
    const [one, moved, next] = three(0, 9, 0);
    await queued([one, moved, next]);
    const { now, at } = bench.dispatches;
    const dispatcher = {
      at: at.bind(bench.dispatches),
      now: async (event: Parameters<typeof now>[0]) => {
        if (event.job === moved.job) throw new DispatchError('no such function');
        await now.call(bench.dispatches, event);
      },
    };
    const list = [listed(one), listed(moved, moved.job), listed(next)];
    await expect(frees(one, list, { ...one.context, dispatcher })).rejects.toThrow(DispatchError);
    bench.dispatches.take(next.job);
    await frees(one, list);
    expect(bench.dispatches.agenda).toContain(`${moved.job} 00:00 now`);
  });

  test('leaves alone those that have not', async () => {
    const [one, other, third] = three(0, 0, 0);
    const requestId = await one.dies(T0);
    await other.deliver(T0);
    await third.deliver(T0);
    bench.time.advance(10 * MINUTE);
    const before = await one.lock();
    await frees(one, [listed(one), listed(other), listed(third)]);
    expect(await one.lock()).toEqual(before);
    expect(Object.values(before?.holders ?? {})).toMatchObject([{ requestId }]);
    expect(bench.dispatches.open).toEqual([]);
  });
});
