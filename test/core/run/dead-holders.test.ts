import { expect, test } from 'vitest';
import { heldOpen, MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, T2 } from '../../support/every-store.ts';

/** Those of a process that is gone. */
const NO_TIMERS = { after: () => () => {} };

onEveryStore('a process that died', (bench) => {
  test('holds nobody up beyond its lease', async () => {
    const { job, time } = bench;
    await job.dies(T0);
    time.advance(5 * MINUTE + 4_999);
    expect(await job.deliver(T1)).toMatchObject({ status: 'skipped' });
    time.advance(1);
    expect((await job.deliver(T2)).status).toBe('succeeded');
  });

  test('has its row sealed by the next tick, which says when it is tried again', async () => {
    const { job, time } = bench;
    await job.dies(T0);
    time.advance(10 * MINUTE);
    await job.deliver(T1);
    expect(await job.row(T0)).toMatchObject({
      status: 'crashed',
      reason: 'lease_expired',
      attempt: 1,
      retryAt: '2026-03-01T00:11:00.000Z',
    });
    expect(job.closed).toMatchObject([{ tick: T0, status: 'crashed' }]);
    expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate' });
    const retry = { attempt: 2, trigger: 'retry' } as const;
    expect(await job.deliver(T0, undefined, retry)).toMatchObject({
      status: 'succeeded',
      attempt: 2,
    });
    expect(await job.row(T0)).toMatchObject({ earlier: [{ attempt: 1, status: 'crashed' }] });
  });

  test('in its last attempt is sealed for good, and counted by who takes its place', async () => {
    const { job, time } = bench;
    job.limits.retryDelays = [];
    await job.dies(T0);
    time.advance(10 * MINUTE);
    const { outcome, finish } = await job.begins(T1);
    expect((await job.row(T0))?.retryAt).toBeUndefined();
    expect(await job.lock()).toMatchObject({
      failures: { [job.job]: 1 },
      last: { [job.job]: { tick: T0, status: 'crashed' } },
    });
    finish();
    await outcome;
    expect((await job.lock())?.failures[job.job]).toBe(0);
  });

  test('and comes back from the dead changes neither row nor lock', async () => {
    const { job, time } = bench;
    const zombie = heldOpen();
    const late = job.deliver(T0, zombie.code, { timers: NO_TIMERS });
    await zombie.started;
    time.advance(10 * MINUTE);
    const successor = await job.begins(T0, { attempt: 2, trigger: 'retry' });
    zombie.finish('too late');
    expect(await late).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    expect(job.lines).toEqual(['run not recorded: a later attempt or a take-over closed its row']);
    expect((await job.lock())?.holders[job.job]?.attempt).toBe(2);
    successor.finish('mine');
    expect((await successor.outcome).status).toBe('succeeded');
    // The retry that its sealed row promised, which is a duplicate by now.
    expect(await job.deliverPlanned()).toMatchObject({ status: 'duplicate' });
    expect(job.dispatches.open).toEqual([]);
    expect(await job.row(T0)).toMatchObject({ status: 'succeeded', output: 'mine', attempt: 2 });
  });
});

onEveryStore('an attempt that was given up for dead', (bench) => {
  test('does not follow up what a later one wrote', async () => {
    const { job, time } = bench;
    const zombie = heldOpen();
    const late = job.deliver(T0, zombie.code, { timers: NO_TIMERS });
    await zombie.started;
    time.advance(10 * MINUTE);
    await job.deliver(T0, failing, { attempt: 2, trigger: 'retry' });
    expect(job.dispatches.requests.scheduler).toBe(1);
    zombie.finish('too late');
    expect(await late).toMatchObject({ status: 'failed', attempt: 2 });
    expect(job.dispatches.requests.scheduler).toBe(1);
  });
});

onEveryStore('a late delivery', (bench) => {
  test('is skipped as a misfire', async () => {
    const { job, time } = bench;
    time.advance(60 * MINUTE + 1);
    expect(await job.deliver(T0)).toMatchObject({ status: 'skipped', reason: 'misfire' });
    expect(await job.row(T0)).toMatchObject({ status: 'skipped', reason: 'misfire' });
  });

  test('is missed, and not over, where the backlog is caught up', async () => {
    const { job, time } = bench;
    job.limits.catchUp = 'latest';
    time.advance(60 * MINUTE + 1);
    const outcome = { status: 'missed', reason: 'misfire', attempt: 0 };
    expect(await job.deliver(T0)).toMatchObject(outcome);
    expect(await job.row(T0)).toMatchObject({ ...outcome, retryAt: '2026-03-01T01:00:00.001Z' });
    expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
  });

  test('is run while within the grace, and by hand at any time', async () => {
    const { job, time } = bench;
    time.advance(60 * MINUTE);
    expect((await job.deliver(T0)).status).toBe('succeeded');
    time.advance(60 * MINUTE);
    expect((await job.deliver(T1, undefined, { trigger: 'manual' })).status).toBe('succeeded');
  });

  test('that came in time and had to wait for its turn is run', async () => {
    const { job, time } = bench;
    time.advance(70 * MINUTE);
    const waitingSince = '2026-03-01T01:00:00.000Z';
    expect((await job.deliver(T0, undefined, { waitingSince })).status).toBe('succeeded');
  });

  test('of a tick that waits leaves it its turn', async () => {
    const { job, time } = bench;
    job.limits.overlap = 'bufferOne';
    job.timeout = 120 * MINUTE;
    const { outcome, finish } = await job.begins(T0);
    await job.deliver(T1);
    time.advance(80 * MINUTE);
    expect(await job.deliver(T1)).toMatchObject({ status: 'duplicate', reason: 'already_waiting' });
    finish();
    await outcome;
    expect((await job.deliverPlanned()).status).toBe('succeeded');
  });

  test('of a tick that still runs leaves the row to the run', async () => {
    const { job, time } = bench;
    job.timeout = 120 * MINUTE;
    const { outcome, finish } = await job.begins(T0);
    time.advance(61 * MINUTE);
    expect(await job.deliver(T0)).toMatchObject({
      status: 'duplicate',
      reason: 'already_running',
    });
    finish();
    await outcome;
    expect((await job.row(T0))?.status).toBe('succeeded');
  });

  test('of a tick whose process died says that it did', async () => {
    const { job, time } = bench;
    await job.dies(T0);
    time.advance(61 * MINUTE);
    expect(await job.deliver(T0)).toMatchObject({ status: 'duplicate' });
    expect(await job.row(T0)).toMatchObject({ status: 'crashed', reason: 'lease_expired' });
    expect(job.closed).toMatchObject([{ tick: T0, status: 'crashed' }]);
  });

  test('of a tick that ended long ago changes nothing', async () => {
    const { job, time } = bench;
    await job.deliver(T0);
    time.advance(61 * MINUTE);
    expect((await job.deliver(T0)).status).toBe('duplicate');
    expect((await job.row(T0))?.status).toBe('succeeded');
  });
});
