import { expect, test } from 'vitest';
import { MINUTE } from '../../support/deliveries.ts';
import {
  type Bench,
  failing,
  onEveryStore,
  T0,
  T1,
  T2,
  T3,
  withLedger,
} from '../../support/every-store.ts';

/** The ticks of the living, sorted. */
async function live({ job }: Bench): Promise<string[]> {
  const { holders = {} } = (await job.lock()) ?? {};
  return Object.values(holders)
    .map(({ tick }) => tick)
    .sort();
}

onEveryStore('three runs at once', (bench) => {
  const three = () => Object.assign(bench.job.limits, { concurrency: 3, room: 3 });

  test('live beside each other, each with its own token; the fourth is skipped', async () => {
    three();
    const { job } = bench;
    const runs = [await job.begins(T0), await job.begins(T1), await job.begins(T2)];
    expect(await live(bench)).toEqual([T0, T1, T2]);
    const { holders = {}, fences = {} } = (await job.lock()) ?? {};
    expect(Object.entries(holders).map(([key, { token }]) => key === token)).toEqual([
      true,
      true,
      true,
    ]);
    expect(Object.keys(fences).sort()).toEqual(Object.keys(holders).sort());
    expect(new Set(Object.values(fences)).size).toBe(3);

    expect(await job.deliver(T3)).toMatchObject({ status: 'skipped', reason: 'overlap' });
    for (const { finish } of runs) finish();
    const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
    expect(outcomes.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await job.lock()).toMatchObject({ holders: {}, fences: {} });
  });

  test('one ends, and the next tick takes its room', async () => {
    three();
    const { job } = bench;
    const [, second] = [await job.begins(T0), await job.begins(T1), await job.begins(T2)];
    second.finish();
    await second.outcome;
    expect((await job.deliver(T3)).status).toBe('succeeded');
    expect(await live(bench)).toEqual([T0, T2]);
  });

  test('of one tick are one run, also where room is left', async () => {
    three();
    const { job } = bench;
    const first = await job.begins(T0);
    await job.begins(T1);
    expect(await job.deliver(T0)).toMatchObject({ reason: 'already_running' });
    first.finish();
    await first.outcome;
    expect(await job.deliver(T0)).toMatchObject({ reason: 'already_ended' });
  });

  test('one of them dead: it is sealed by whoever needs its room', async () => {
    three();
    const { job, time } = bench;
    await job.dies(T0);
    time.advance(5 * MINUTE);
    const runs = [await job.begins(T1), await job.begins(T2)];
    time.advance(6_000);
    expect((await job.deliver(T3)).status).toBe('succeeded');
    expect(await live(bench)).toEqual([T1, T2]);
    expect(await job.row(T0)).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    expect(job.closed).toMatchObject([{ tick: T0, status: 'crashed' }]);
    for (const { finish } of runs) finish();
    await Promise.all(runs.map(({ outcome }) => outcome));
    expect((await job.lock())?.holders).toEqual({});
  });

  test('all of them dead: the next tick clears them out in one write', async () => {
    three();
    const { job, time } = bench;
    job.limits.retryDelays = [];
    for (const at of [T0, T1, T2]) await job.dies(at);
    time.advance(6 * MINUTE);
    const next = await job.begins(T3);
    expect(await live(bench)).toEqual([T3]);
    expect(await job.lock()).toMatchObject({
      failures: { [job.job]: 3 },
      last: { [job.job]: { tick: T2, status: 'crashed' } },
    });
    next.finish();
    await next.outcome;
  });

  test('one recorded whose release was lost: its room is not', async () => {
    three();
    const { job, ledger } = bench;
    job.limits.retryDelays = [];
    const lost = withLedger(ledger, { release: async () => undefined });
    await job.begins(T0);
    await job.deliver(T1, failing, { ledger: lost });
    await job.begins(T2);
    expect((await job.deliver(T3)).status).toBe('succeeded');
    expect(await live(bench)).toEqual([T0, T2]);
  });

  test('lowered to one: none starts beside those that live, until all are gone', async () => {
    three();
    const { job } = bench;
    const runs = [await job.begins(T0), await job.begins(T1)];
    Object.assign(job.limits, { concurrency: 1, room: 1 });
    for (const [i, { finish, outcome }] of runs.entries()) {
      const next = await job.deliver(i === 0 ? T2 : T3);
      expect(next).toMatchObject({ status: 'skipped', reason: 'overlap' });
      finish();
      await outcome;
    }
    expect((await job.deliver('2026-03-01T00:40Z')).status).toBe('succeeded');
  });

  test('two claims for the last room: one gets it', async () => {
    three();
    const { job } = bench;
    await job.begins(T0);
    await job.begins(T1);
    let runs = 0;
    const code = async () => {
      runs += 1;
      expect(await live(bench)).toHaveLength(3);
    };
    const outcomes = await Promise.all([job.deliver(T2, code), job.deliver(T3, code)]);
    // The second may have come once the first was done.
    expect(outcomes.filter(({ status }) => status === 'succeeded')).toHaveLength(runs);
    expect(runs).toBeGreaterThan(0);
    expect(await live(bench)).toEqual([T0, T1]);
  });

  test('a retry of an older tick is counted like any other', async () => {
    three();
    const { job } = bench;
    await job.deliver(T0, failing);
    for (const at of [T1, T2]) await job.begins(at);
    const third = await job.begins(T3);
    expect(await job.deliverPlanned()).toMatchObject({ status: 'skipped', reason: 'overlap' });
    third.finish();
    await third.outcome;
    const retry = { attempt: 3, trigger: 'retry' } as const;
    expect((await job.deliver(T0, undefined, retry)).status).toBe('succeeded');
  });
});
