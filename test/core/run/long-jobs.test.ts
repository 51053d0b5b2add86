import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Deliveries, heldOpen, MINUTE } from '../../support/deliveries.ts';
import { ManualTime } from '../../support/manual-timers.ts';
import { ENGINES, type Store, startStore } from '../../support/stores.ts';

const HOUR = 60 * MINUTE;
const NOON = '2026-03-01T12:00Z';
const ONE = '2026-03-01T13:00Z';
const TWO = '2026-03-01T14:00Z';

/**
 * Lambda ends a run after 15 minutes; these have a platform with a longer limit, to show what the
 * old lock of five minutes did to a job of thirty.
 */
describe.each(ENGINES)('long jobs, on %s', (engine) => {
  let store: Store;
  let time: ManualTime;
  let job: Deliveries;
  beforeAll(async () => {
    store = await startStore(engine);
  });
  afterAll(() => store.stop());
  beforeEach(() => {
    time = new ManualTime(NOON);
    job = new Deliveries(store.ledgerAt(time.clock), time);
    job.timeout = 2 * HOUR;
  });

  /** A run that has started and whose end the test decides. */
  async function start(at: string) {
    const { code, started, finish } = heldOpen();
    let signalled = false;
    const outcome = job.deliver(at, (attempt) => {
      attempt.signal.addEventListener('abort', () => {
        signalled = true;
      });
      return code();
    });
    await started;
    return { outcome, finish, signalled: () => signalled };
  }

  test('a 30-minute job, delivered again at minute 5 and at minute 29, runs once', async () => {
    const run = await start(NOON);
    time.advance(5 * MINUTE);
    expect(await job.deliver(NOON)).toMatchObject({
      status: 'duplicate',
      reason: 'already_running',
    });
    time.advance(24 * MINUTE);
    expect(await job.deliver(NOON)).toMatchObject({
      status: 'duplicate',
      reason: 'already_running',
    });
    time.advance(1 * MINUTE);
    run.finish('all of it');
    expect(await run.outcome).toMatchObject({ status: 'succeeded' });
    expect(await job.deliver(NOON)).toMatchObject({ status: 'duplicate', reason: 'already_ended' });
    time.advance(30 * MINUTE);
    expect((await job.deliver(ONE)).status).toBe('succeeded');
    expect(await job.row(NOON)).toMatchObject({
      output: 'all of it',
      attempt: 1,
      finishedAt: '2026-03-01T12:30:00.000Z',
    });
  });

  test('a 70-minute job whose next tick comes due at minute 60: the tick is skipped, the run goes on', async () => {
    const run = await start(NOON);
    time.advance(HOUR);
    expect(await job.deliver(ONE)).toMatchObject({ status: 'skipped', reason: 'overlap' });
    time.advance(10 * MINUTE);
    expect(run.signalled()).toBe(false);
    run.finish();
    expect((await run.outcome).status).toBe('succeeded');
    time.advance(50 * MINUTE);
    expect((await job.deliver(TWO)).status).toBe('succeeded');
    expect((await job.row(ONE))?.status).toBe('skipped');
  });

  test('a worker that dies at minute 2: the next tick runs as soon as the lease is over, and the row says what happened', async () => {
    job.timeout = 30 * MINUTE;
    const { code, started } = heldOpen();
    void job.deliver(NOON, code, { timers: { after: () => () => {} } });
    await started;
    time.advance(2 * MINUTE); // here it dies
    time.advance(28 * MINUTE + 4_999);
    expect(await job.deliver('2026-03-01T12:30Z')).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
    });
    time.advance(1);
    expect((await job.deliver('2026-03-01T12:31Z', undefined, { trigger: 'manual' })).status).toBe(
      'succeeded',
    );
    expect(await job.row(NOON)).toMatchObject({
      status: 'crashed',
      reason: 'lease_expired',
      startedAt: '2026-03-01T12:00:00.000Z',
      finishedAt: '2026-03-01T12:30:05.000Z',
    });
  });

  test('two clocks as far apart as the margin allows: the fast one does not take a living run for dead', async () => {
    job.timeout = 30 * MINUTE;
    const run = await start(NOON);
    time.advance(30 * MINUTE - 1); // a moment before Lambda would kill it
    const fast = () => time.clock() + 5_000;
    expect(await job.deliver('2026-03-01T12:30Z', undefined, { clock: fast })).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
    });
    run.finish();
    await run.outcome;
    expect((await job.deliver(ONE)).status).toBe('succeeded');
  });
});
