import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Claim, Holder, Ledger, Lock, Pause } from '../../../core/ledger/ledger.ts';
import type { Waiting } from '../../../core/ledger/waiting.ts';
import { type Run, type Status, TRIGGERS } from '../../../core/run/states.ts';
import { ENGINES, memoryLedger, type Store, startStore } from '../../support/stores.ts';

const NOW = Date.parse('2026-03-01T00:00Z');
const clock = () => NOW;

/**
 * A request that the protocol can make, with few enough values that requests meet each other. What it was
 * decided by is the lock as it is, or as it was a while ago.
 */
type Call = (ledger: Ledger, lock: string, seen: Lock) => Promise<unknown>;

const token = fc.constantFrom('token-a', 'token-b', 'token-c');
const tick = fc.constantFrom('2026-03-01T00:00Z', '2026-03-01T00:10Z', '2026-03-01T00:20Z');
/** Two that share a lock. */
const job = fc.constantFrom('report', 'digest');
const attempt = fc.integer({ min: 1, max: 3 });
const status = fc.constantFrom<Status>(
  'succeeded',
  'failed',
  'timed_out',
  'crashed',
  'skipped',
  'missed',
);
const time = fc.constantFrom('2026-03-01T00:01:00.000Z', '2026-03-01T00:06:00.000Z');
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Fences are counted from the first, which is now. */
const fence = fc.integer({ min: -1, max: 4 }).map((n) => NOW + n);

const holder = fc
  .record({ job, tick, token, attempt, retryDelay: optional(fc.constant(60_000)) })
  .map(
    (given): Holder => ({
      ...given,
      trigger: 'schedule',
      startedAt: '2026-03-01T00:00:00.000Z',
      leaseExpiresAt: NOW + 305_000,
      requestId: 'r1',
      instanceId: 'i1',
    }),
  );

const claim = fc
  .record({
    holder,
    isAlone: fc.boolean(),
    room: fc.integer({ min: 1, max: 3 }),
    yields: fc.boolean(),
  })
  .map(
    ({ holder, isAlone, room, yields }) =>
      (lock: string): Claim => ({
        lock,
        holderKey: isAlone ? holder.job : holder.token,
        holder,
        room,
        yields,
        now: NOW,
      }),
  );

const row = fc
  .record({
    job,
    tick,
    token,
    status,
    fence,
    attempt,
    retryAt: optional(time),
    output: fc.jsonValue(),
  })
  .map(
    (given): Run => ({
      ...given,
      ...(given.status === 'failed' && { error: { name: 'Error', message: 'no luck' } }),
      trigger: 'schedule',
      finishedAt: '2026-03-01T00:00:01.000Z',
    }),
  );

const place = fc
  .record({
    job,
    tick,
    attempt,
    trigger: fc.constantFrom(...TRIGGERS),
    payload: optional(fc.json()),
    since: fc.integer({ min: NOW, max: NOW + 2 }),
    rest: optional(fc.array(tick, { maxLength: 2 })),
  })
  .map((given): Waiting => ({ ...given, priority: 0, concurrency: 1 }));

const pause = fc
  .record({
    by: fc.constantFrom('breaker', 'ada'),
    why: fc.constantFrom('audit', 'no luck'),
    since: time,
    until: optional(time),
  })
  .map((given): Pause => given);

/** One of these, or none; which one, a number of any size says. */
function pick<T>(from: Record<string, T>, n: number): [string, T] | undefined {
  const entries = Object.entries(from).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries[n % (entries.length + 1)];
}

const n = fc.nat({ max: 11 });
const calls: fc.Arbitrary<[string, Call]> = fc.oneof(
  {
    weight: 4,
    arbitrary: claim.map((asked): [string, Call] => [
      'acquire',
      (to, lock) => to.acquire(asked(lock)),
    ]),
  },
  claim.map((asked): [string, Call] => ['create', (to, lock) => to.create(asked(lock))]),
  {
    weight: 4,
    arbitrary: fc
      .record({
        claim,
        row,
        gone: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        n,
        passes: fc.boolean(),
      })
      .map(({ claim, row, gone, n, passes }): [string, Call] => [
        'takeOver',
        (to, lock, seen) => {
          const asked = claim(lock);
          const pause = seen.paused[asked.holder.job];
          const queued = pick(seen.waiting, n)?.[1];
          const displaced = Object.entries(seen.holders)
            .filter((_, i) => gone[i])
            .map(([holderKey, holder]) => {
              const { job, tick, token, attempt } = holder;
              return { holderKey, holder, row: { ...row, job, tick, token, attempt } };
            });
          return to.takeOver(asked, seen, {
            displaced,
            ...(queued && { queued }),
            ...(passes && pause && { passes: pause }),
          });
        },
      ]),
  },
  {
    weight: 3,
    arbitrary: row.map((run): [string, Call] => ['record', (to) => to.record(run, NOW)]),
  },
  {
    weight: 3,
    arbitrary: fc.record({ row, n }).map(({ row, n }): [string, Call] => [
      'release',
      (to, lock, seen) => {
        const [holderKey, held] = pick(seen.holders, n) ?? [row.job, row];
        const { job, tick, token } = held;
        return to.release({ lock, holderKey, token, row: { ...row, job, tick }, now: NOW });
      },
    ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ place, n, room: optional(fc.integer({ min: 1, max: 3 })) })
      .map(({ place, n, room }): [string, Call] => [
        'wait',
        (to, _, seen) => to.wait(place, seen, pick(seen.waiting, n)?.[1], room),
      ]),
  },
  fc
    .record({ place, n })
    .map(({ place, n }): [string, Call] => [
      'leave',
      (to, lock, seen) => to.leave(lock, pick(seen.waiting, n)?.[1] ?? place),
    ]),
  {
    weight: 3,
    arbitrary: fc
      .record({ job, pause, failures: fc.integer({ min: 1, max: 2 }) })
      .map(({ job, pause, failures }): [string, Call] => [
        'pause',
        (to, lock) => to.pause(lock, job, pause, failures),
      ]),
  },
  {
    weight: 2,
    arbitrary: job.map((job): [string, Call] => ['resume', (to, lock) => to.resume(lock, job)]),
  },
  {
    weight: 2,
    arbitrary: fc.record({ row, passes: fc.boolean() }).map(({ row, passes }): [string, Call] => [
      'countFailure',
      (to, lock, seen) => {
        const pause = seen.paused[row.job];
        return to.countFailure(lock, row, NOW, passes ? pause : undefined);
      },
    ]),
  },
  fc.constant<[string, Call]>(['readLock', (to, lock) => to.readLock(lock)]),
  fc
    .record({ job, tick })
    .map(({ job, tick }): [string, Call] => ['readRun', (to) => to.readRun(job, tick)]),
);

/** Decided by what a lock was some requests ago. */
const step = fc.record({ call: calls, age: fc.constantFrom(0, 0, 0, 1, 3) });

/** Two ledgers at once can not share rows: each sequence has jobs of its own. */
function of(sequence: string, ledger: Ledger): Ledger {
  const rename = <T extends { job: string }>(what: T): T => ({
    ...what,
    job: `${sequence}-${what.job}`,
  });
  return new Proxy(ledger, {
    get: (real, name: keyof Ledger) => {
      if (name === 'record') return (run: Run, now: number) => real.record(rename(run), now);
      if (name === 'readRun')
        return (job: string, tick: string) => real.readRun(`${sequence}-${job}`, tick);
      return (real[name] as (...args: unknown[]) => unknown).bind(real);
    },
  });
}

describe.each(ENGINES)('the model’s store answers as %s does', (engine) => {
  let store: Store;
  let sequences = 0;
  beforeAll(async () => {
    store = await startStore(engine);
  });
  afterAll(() => store.stop());

  test('for every request the protocol makes, in any order', async () => {
    const granted = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (sequence) => {
        const lock = `fuzzed-${++sequences}`;
        const real = of(lock, store.ledgerAt(clock));
        const memory = of(lock, memoryLedger(clock, { returnsItem: engine === 'java' }));
        const states: Lock[] = [];
        // Most requests only mean something once the lock is there; a claim makes it.
        for (const { call, age } of [first, ...sequence]) {
          const seen = states.at(-1 - age) ?? NO_LOCK;
          const [name, send] = call;
          const [expected, answered] = [
            await send(memory, lock, { ...seen, lock }),
            await send(real, lock, { ...seen, lock }),
          ];
          expect(answered, name).toEqual(expected);
          const isDone = answered === true || Object(answered).granted || Object(answered).written;
          if (isDone) granted.set(name, (granted.get(name) ?? 0) + 1);
          const now = await memory.readLock(lock);
          if (now) states.push(now);
        }
        expect(await real.readLock(lock)).toEqual(await memory.readLock(lock));
      }),
      { numRuns: 150, seed: 42 },
    );
    // A fuzz whose requests are all refused would find nothing.
    for (const name of ['acquire', 'takeOver', 'record', 'wait', 'pause', 'resume'])
      expect(granted.get(name) ?? 0, name).toBeGreaterThan(2);
  });
});

const NO_LOCK: Lock = {
  lock: '', fence: 0, holders: {}, fences: {}, watermarks: {}, last: {}, paused: {}, failures: {}, waiting: {},
}; // biome-ignore format: one line reads better

const LOST: Run = {
  job: 'report', tick: '2026-02-28T23:50Z', attempt: 1, trigger: 'schedule', status: 'crashed',
  fence: 0, token: 'finalizer r0', finishedAt: '2026-02-28T23:50:01.000Z',
}; // biome-ignore format: one line reads better

const first: { call: [string, Call]; age: number } = {
  age: 0,
  call: ['countFailure', (to, lock) => to.countFailure(lock, LOST, NOW)],
};
