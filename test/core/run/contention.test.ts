import { expect, test } from 'vitest';
import { MINUTE } from '../../support/deliveries.ts';
import { onEveryStore, T0, T1 } from '../../support/every-store.ts';
import { Sleepers } from '../../support/sleepers.ts';
import { memoryLedger } from '../../support/stores.ts';

const MANY = 40;

/** Code that lets others go on before it ends. */
const aWhile = async () => {
  for (let i = 0; i < 5; i++) await new Promise((done) => setImmediate(done));
};

onEveryStore('many at once', (bench) => {
  test(`${MANY} copies of one tick: one runs, and the others stop quietly`, async () => {
    const { job } = bench;
    await job.deliver(T0);
    let runs = 0;
    const code = async () => {
      runs += 1;
      await aWhile();
    };
    const copies = Array.from({ length: MANY }, () => job.deliver(T1, code));
    const outcomes = (await Promise.all(copies)).map(({ status }) => status);
    expect(runs).toBe(1);
    expect(outcomes.sort()).toEqual([...Array(MANY - 1).fill('duplicate'), 'succeeded']);
  });

  test(`${MANY} who take over one lock: those who lose pause, and all get it`, async () => {
    const { job, time } = bench;
    const { clock } = time;
    const { sleep, random, rest } = new Sleepers(MANY);
    const ledger =
      bench.store?.ledgerAt(clock, { sleep, random }) ??
      memoryLedger(clock, undefined, { sleep, random });
    Object.assign(job.limits, { concurrency: MANY, room: MANY });
    await job.deliver(T0, undefined, { ledger });
    const past = Array.from({ length: MANY }, (_, i) => clock() - (i + 1) * MINUTE);
    const backfill = { trigger: 'backfill', ledger } as const;
    const runs = past.map((tick) => job.deliver(tick, undefined, backfill).finally(rest));
    const outcomes = (await Promise.all(runs)).map(({ status }) => status);
    expect(outcomes).toEqual(Array(MANY).fill('succeeded'));
    expect(await ledger.readLock(job.job)).toMatchObject({ holders: {} });
  });

  test(`${MANY} jobs in a group of 5: each runs once, and never more than 5 at once`, async () => {
    const jobs = bench.group(5, ...Array(MANY).fill({}));
    let live = 0;
    let most = 0;
    const ran: string[] = [];
    const work = (name: string) => async () => {
      ran.push(name);
      most = Math.max(most, ++live);
      await aWhile();
      live -= 1;
    };
    await Promise.all(jobs.map((job) => job.deliver(T0, work(job.job))));
    while (bench.dispatches.open.length > 0) {
      const called = jobs.filter(({ job }) =>
        bench.dispatches.open.some(({ event }) => event.job === job),
      );
      await Promise.all(called.map((job) => job.deliverPlanned(work(job.job))));
    }
    expect(most).toBeLessThanOrEqual(5);
    expect(ran.sort()).toEqual(jobs.map(({ job }) => job).sort());
    for (const job of jobs) expect((await job.row(T0))?.status).toBe('succeeded');
    expect(await jobs[0]?.lock()).toMatchObject({ holders: {}, waiting: {} });
  });
});
