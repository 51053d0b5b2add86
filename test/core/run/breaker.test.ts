import { expect, test } from 'vitest';
import type { Pause } from '../../../core/ledger/ledger.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { type Bench, failing, onEveryStore, T0 } from '../../support/every-store.ts';

const HOUR = 60 * MINUTE;
const at = (minutes: number) => new Date(Date.parse(T0) + minutes * MINUTE).toISOString();

/** Ticks every ten minutes, from the present on, whose code is this; which of them ran. */
async function ticks({ job, time }: Bench, count: number, code = failing): Promise<string[]> {
  const ran: string[] = [];
  for (let i = 0; i < count; i++) {
    const { status } = await job.deliver(time.clock(), code);
    if (status !== 'skipped') ran.push(new Date(time.clock()).toISOString().slice(11, 16));
    time.advance(10 * MINUTE);
  }
  return ran;
}

onEveryStore('the breaker', (bench) => {
  const failsAtOnce = () => Object.assign(bench.job.limits, { retryDelays: [] });
  const pauseOf = async () => (await bench.job.lock())?.paused[bench.job.job];

  test('pauses a job after its fifth failed run, and says so once', async () => {
    const { job } = bench;
    failsAtOnce();
    await ticks(bench, 4);
    expect(await pauseOf()).toBeUndefined();
    expect(job.turns).toEqual([]);
    await ticks(bench, 3);
    const why = '5 runs failed in a row, the last with Error: no luck';
    expect(await pauseOf()).toEqual({
      by: 'breaker',
      why,
      since: '2026-03-01T00:40:00.000Z',
      probeAt: Date.parse('2026-03-01T01:40:00Z'),
    });
    expect(job.turns).toEqual([{ kind: 'paused', job: job.job, tick: '2026-03-01T00:40Z', why }]);
    expect(await job.row(at(50))).toMatchObject({ status: 'skipped', reason: 'paused' });
    expect(await job.row(at(60))).toMatchObject({ status: 'skipped', reason: 'paused' });
  });

  test('counts runs, not attempts', async () => {
    const { job } = bench;
    Object.assign(job.limits, { retryDelays: [MINUTE], pauseAfter: 2 });
    await job.deliver(at(0), failing);
    await job.deliverPlanned(failing);
    await job.deliver(at(10), failing);
    expect(await pauseOf()).toBeUndefined();
    await job.deliverPlanned(failing);
    expect(await pauseOf()).toMatchObject({ by: 'breaker' });
    expect(job.turns).toHaveLength(1);
  });

  test('starts anew after a success', async () => {
    failsAtOnce();
    await ticks(bench, 4);
    await ticks(bench, 1, (async () => 'done') as unknown as typeof failing);
    await ticks(bench, 4);
    expect(await pauseOf()).toBeUndefined();
  });

  test('never pauses where pauseAfter is off', async () => {
    failsAtOnce();
    bench.job.limits.pauseAfter = 0;
    expect(await ticks(bench, 7)).toHaveLength(7);
    expect(await pauseOf()).toBeUndefined();
  });

  test('lets one run an hour through, which is not tried again', async () => {
    const { job } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [] });
    await ticks(bench, 1);
    job.limits.retryDelays = [MINUTE];
    expect(await ticks(bench, 18)).toEqual(['01:00', '02:00', '03:00']);
    expect(await job.row(at(60))).toMatchObject({ status: 'failed', attempt: 1 });
    expect(await job.row(at(60))).not.toHaveProperty('retryAt');
    expect(job.dispatches.open).toEqual([]);
    expect(job.turns.map(({ kind }) => kind)).toEqual(['paused']);
    expect((await pauseOf())?.since).toBe(at(0));
  });

  test('of two that come when a probe is due lets one through', async () => {
    const { job, time } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [], concurrency: 2, room: 2 });
    await ticks(bench, 1);
    time.advance(HOUR);
    const probe = await job.begins(at(60));
    expect(await job.deliver(at(70))).toMatchObject({ status: 'skipped', reason: 'paused' });
    probe.finish();
    expect((await probe.outcome).status).toBe('succeeded');
  });

  test('says of a probe that dies that it is not tried again', async () => {
    const { job, time } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [] });
    await ticks(bench, 1);
    job.limits.retryDelays = [MINUTE];
    time.advance(HOUR);
    await job.dies(time.clock());
    time.advance(10 * MINUTE);
    await job.sweep();
    expect(job.closed).toMatchObject([{ status: 'crashed' }]);
    expect(job.closed[0]).not.toHaveProperty('retryAt', expect.anything());
    expect(job.dispatches.open).toEqual([]);
  });

  test('resumes a job whose probe succeeds, and says so', async () => {
    const { job, time } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [] });
    await ticks(bench, 1);
    time.advance(50 * MINUTE);
    expect((await job.deliver(at(60))).status).toBe('succeeded');
    expect(await pauseOf()).toBeUndefined();
    expect(job.turns.slice(1)).toEqual([
      {
        kind: 'resumed',
        job: job.job,
        tick: '2026-03-01T01:00Z',
        why: `succeeded after the pause since ${at(0)}`,
      },
    ]);
    expect((await job.deliver(at(70))).status).toBe('succeeded');
    expect(job.turns).toHaveLength(2);
    expect((await job.lock())?.failures[job.job]).toBe(0);
  });

  test('is told of a success that was under way when the job was paused', async () => {
    const { job } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [], concurrency: 2, room: 2 });
    const long = await job.begins(at(0));
    await job.deliver(at(10), failing);
    expect(await pauseOf()).toBeDefined();
    long.finish();
    await long.outcome;
    expect(await pauseOf()).toBeUndefined();
    expect(job.turns.map(({ kind }) => kind)).toEqual(['paused', 'resumed']);
  });

  test('of two successes at once resumes once', async () => {
    const { job } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [], concurrency: 3, room: 3 });
    const both = [await job.begins(at(0)), await job.begins(at(10))];
    await job.deliver(at(20), failing);
    for (const { finish } of both) finish();
    await Promise.all(both.map(({ outcome }) => outcome));
    expect(job.turns.map(({ kind }) => kind)).toEqual(['paused', 'resumed']);
  });

  test('of two failures at once pauses once', async () => {
    const { job } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [], concurrency: 2, room: 2 });
    const both = [await job.begins(at(0)), await job.begins(at(10))];
    for (const { fail } of both) fail(new Error('no luck'));
    await Promise.all(both.map(({ outcome }) => outcome));
    expect(job.turns.map(({ kind }) => kind)).toEqual(['paused']);
  });
});

onEveryStore('a person’s pause', (bench) => {
  /** As `punctual pause` will. */
  const pause = (more: Partial<Pause> = {}) => bench.job.pauses({ probeAt: undefined, ...more });
  const pauseOf = async () => (await bench.job.lock())?.paused[bench.job.job];

  test('is not probed', async () => {
    await pause();
    expect(await ticks(bench, 20)).toEqual([]);
    expect(await pauseOf()).toMatchObject({ by: 'ada' });
  });

  test('is not probed either where it carries the time of a probe', async () => {
    await pause({ probeAt: Date.parse(T0) });
    expect(await ticks(bench, 20)).toEqual([]);
  });

  test('ends when its time is over, without a word', async () => {
    const { job } = bench;
    await pause({ until: at(30) });
    expect(await ticks(bench, 5)).toEqual(['00:30', '00:40']);
    expect(await pauseOf()).toBeUndefined();
    expect(job.turns).toEqual([]);
    // No probe: what runs then is tried again like any other.
    expect(await job.row(at(30))).toMatchObject({ status: 'failed', retryAt: expect.any(String) });
  });

  test('is not ended by the success of a run that was under way', async () => {
    const { job } = bench;
    const long = await job.begins(at(0));
    await pause();
    long.finish();
    await long.outcome;
    expect(await pauseOf()).toMatchObject({ by: 'ada' });
    expect(job.turns).toEqual([]);
  });

  test('stays as it is when runs fail that were under way', async () => {
    const { job } = bench;
    Object.assign(job.limits, { pauseAfter: 1, retryDelays: [] });
    const long = await job.begins(at(0));
    await pause();
    long.fail(new Error('no luck'));
    await long.outcome;
    expect(await pauseOf()).toMatchObject({ by: 'ada' });
    expect(job.turns).toEqual([]);
  });
});
