import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Holder, Ledger, Lock } from '../../../core/ledger/ledger.ts';
import type { Run, Status } from '../../../core/run/states.ts';
import { ENGINES, memoryLedger, type Store, startStore } from '../../support/stores.ts';

const NOW = Date.parse('2026-03-01T00:00Z');
const clock = () => NOW;

/** A request that the protocol can make, with few enough values that requests meet each other. */
type Call = (ledger: Ledger, job: string) => Promise<unknown>;

const token = fc.constantFrom('token-a', 'token-b', 'token-c');
const tick = fc.constantFrom('2026-03-01T00:00Z', '2026-03-01T00:10Z', '2026-03-01T00:20Z');
const status = fc.constantFrom<Status>(
  'succeeded',
  'failed',
  'timed_out',
  'crashed',
  'skipped',
  'missed',
);
/** Fences are counted from the first, which is now. */
const fence = fc.integer({ min: -1, max: 4 }).map((n) => NOW + n);

const holder = (job: string, tick: string, token: string): Holder => ({
  job,
  tick,
  token,
  attempt: 1,
  trigger: 'schedule',
  startedAt: '2026-03-01T00:00:00.000Z',
  leaseExpiresAt: NOW + 305_000,
  requestId: 'r1',
  instanceId: 'i1',
});

const claim = fc.record({ tick, token }).map(({ tick, token }) => (job: string) => ({
  lock: job,
  holderKey: job,
  holder: holder(job, tick, token),
  now: NOW,
}));

const calls: fc.Arbitrary<[string, Call]> = fc.oneof(
  claim.map((asked): [string, Call] => ['acquire', (ledger, job) => ledger.acquire(asked(job))]),
  claim.map((asked): [string, Call] => ['create', (ledger, job) => ledger.create(asked(job))]),
  fc
    .record({ claim, fence, watermark: fc.option(tick) })
    .map(({ claim, fence, watermark }): [string, Call] => [
      'takeOver',
      (ledger, job) => ledger.takeOver(claim(job), seen(job, fence, watermark)),
    ]),
  fc
    .record({ tick, token, status, fence, output: fc.jsonValue() })
    .map((row): [string, Call] => ['record', (ledger, job) => ledger.record(run(job, row), NOW)]),
  fc.record({ tick, token, status }).map(({ tick, token, status }): [string, Call] => [
    'release',
    (ledger, job) =>
      ledger.release({
        lock: job,
        holderKey: job,
        token,
        job,
        tick,
        status,
        attempt: 1,
        now: NOW,
      }),
  ]),
  fc.constant<[string, Call]>(['readLock', (ledger, job) => ledger.readLock(job)]),
  tick.map((tick): [string, Call] => ['readRun', (ledger, job) => ledger.readRun(job, tick)]),
);

function seen(lock: string, fence: number, watermark: string | null): Lock {
  const watermarks = watermark ? { [lock]: watermark } : {};
  return { lock, fence, watermarks, holders: {}, fences: {}, last: {}, paused: {}, failures: {} };
}

function run(job: string, row: Pick<Run, 'tick' | 'token' | 'status' | 'fence' | 'output'>): Run {
  const optional = row.status === 'failed' ? { error: { name: 'Error', message: 'no luck' } } : {};
  return {
    job,
    ...row,
    ...optional,
    attempt: 1,
    trigger: 'schedule',
    finishedAt: '2026-03-01T00:00:01.000Z',
  };
}

describe.each(ENGINES)('the model’s store answers as %s does', (engine) => {
  let store: Store;
  let jobs = 0;
  beforeAll(async () => {
    store = await startStore(engine);
  });
  afterAll(() => store.stop());

  test('for every request the protocol makes, in any order', async () => {
    const real = store.ledgerAt(clock);
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { minLength: 4, maxLength: 25 }), async (sequence) => {
        const memory = memoryLedger(clock, { returnsItem: engine === 'java' });
        const job = `fuzzed-${++jobs}`;
        for (const [name, call] of [['create', firstClaim] as const, ...sequence]) {
          const [expected, answered] = [await call(memory, job), await call(real, job)];
          expect(answered, name).toEqual(expected);
        }
      }),
      { numRuns: 150, seed: 42 },
    );
  });
});

/** Most requests only mean something once the lock is there; the very first run is fuzzed as `create`. */
const firstClaim: Call = (ledger, job) =>
  ledger.create({
    lock: job,
    holderKey: job,
    holder: holder(job, '2026-03-01T00:00Z', 'token-a'),
    now: NOW,
  });
