import { expect, test } from 'vitest';
import { BadEvent, parseDelivery } from '../../../core/run/delivery.ts';
import { LARGEST_OWN_PAYLOAD } from '../../../core/run/payload.ts';
import type { Run } from '../../../core/run/states.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1, T2 } from '../../support/every-store.ts';

const LISTED = { daysAhead: 30 };
const OWN = { daysAhead: 7 };
const BY_HAND = { trigger: 'manual', payload: OWN } as const;

onEveryStore('the payload of a run by hand', (bench) => {
  /** What the next attempt is called with, whoever planned it. */
  const next = () => {
    const [first] = bench.job.dispatches.open;
    return first?.event;
  };
  const RETRY = { trigger: 'retry', attempt: 2, payload: OWN, ownPayload: true };

  test('is that of its retries, to the last', async () => {
    const { job } = bench;
    job.payload = LISTED;
    await job.deliver(T0, failing, BY_HAND);
    while (job.dispatches.open.length > 0) {
      expect(next()).toMatchObject({ payload: OWN, ownPayload: true });
      await job.deliverPlanned(failing);
    }
    expect(await job.row(T0)).toMatchObject({ attempt: 6, payload: '{"daysAhead":7}' });
  });

  test('is that of the retry that the sweeper delivers, where nobody planned it', async () => {
    const { job } = bench;
    job.payload = LISTED;
    await job.deliver(T0, failing, BY_HAND);
    job.dispatches.take(job.job);
    await job.sweep([], [(await job.row(T0)) as Run]);
    expect(next()).toMatchObject(RETRY);
  });

  test('is that of the retry that the sweeper plans for a dead attempt, and for the next one', async () => {
    const { job, time } = bench;
    job.payload = LISTED;
    await job.dies(T0, BY_HAND);
    time.advance(10 * MINUTE);
    await job.sweep();
    expect(next()).toMatchObject(RETRY);
    // That one dies, too.
    const retry = parseDelivery(job.dispatches.take(job.job)?.event, job.job);
    await job.dies(T0, retry);
    time.advance(10 * MINUTE);
    await job.sweep();
    expect(next()).toMatchObject({ ...RETRY, attempt: 3 });
  });

  test('is that of the retry that the finalizer plans', async () => {
    const { job } = bench;
    job.payload = LISTED;
    const requestId = await job.dies(T0, BY_HAND);
    await job.fails(T0, { requestId, delivery: BY_HAND });
    expect(next()).toMatchObject(RETRY);
  });

  test('is kept where its process died before it could ask for the lock', async () => {
    const { job } = bench;
    job.payload = LISTED;
    await job.fails(T0, { requestId: 'never-claimed', delivery: BY_HAND });
    expect(await job.row(T0)).toMatchObject({ payload: '{"daysAhead":7}' });
    expect(next()).toMatchObject(RETRY);
  });

  test('is kept where it is sealed by the next tick', async () => {
    const { job, time } = bench;
    job.payload = LISTED;
    await job.dies(T0, BY_HAND);
    time.advance(10 * MINUTE);
    await job.deliver(T1);
    expect(await job.row(T0)).toMatchObject({ status: 'crashed', payload: '{"daysAhead":7}' });
    expect(await job.row(T1)).not.toHaveProperty('payload');
  });

  test('is kept where it was skipped', async () => {
    const { job } = bench;
    job.payload = LISTED;
    await job.pauses();
    await job.deliver(T0, undefined, BY_HAND);
    expect(await job.row(T0)).toMatchObject({ status: 'skipped', payload: '{"daysAhead":7}' });
  });

  test('waits with it, and is kept where another takes its place', async () => {
    const { job, time } = bench;
    job.limits.overlap = 'bufferOne';
    job.payload = LISTED;
    job.timeout = 60 * MINUTE;
    const run = await job.begins(T0);
    time.advance(10 * MINUTE);
    const retry = { ...RETRY, trigger: 'retry' as const };
    expect((await job.deliver(T1, undefined, retry)).status).toBe('waiting');
    time.advance(10 * MINUTE);
    expect((await job.deliver(T2)).status).toBe('waiting');
    expect(await job.row(T1)).toMatchObject({
      status: 'skipped',
      reason: 'superseded',
      payload: '{"daysAhead":7}',
    });
    expect(await job.row(T2)).toBeUndefined();
    run.finish();
    await run.outcome;
  });

  test('of the list is kept by nobody: it stands there', async () => {
    const { job } = bench;
    job.payload = LISTED;
    await job.deliver(T0, failing);
    expect(await job.row(T0)).not.toHaveProperty('payload');
    expect(next()).toMatchObject({ payload: LISTED });
    expect(next()).not.toHaveProperty('ownPayload');
  });
});

test('a payload that is too large to keep is refused before anything was written', () => {
  const event = { job: 'report', scheduledTime: T0, payload: 'x'.repeat(LARGEST_OWN_PAYLOAD) };
  expect(parseDelivery(event, 'report').payload).toBe(event.payload);
  for (const more of [{ trigger: 'manual' }, { trigger: 'retry', ownPayload: true }]) {
    expect(() => parseDelivery({ ...event, ...more }, 'report')).toThrow(BadEvent);
    expect(() => parseDelivery({ ...event, ...more }, 'report')).toThrow(/may have 16384/);
  }
});
