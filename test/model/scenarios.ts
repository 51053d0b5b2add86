import { delivery, finalizing, JOB, M, S, type Spec, scenario, sweeping } from './scenario.ts';

const again = (after: number) => delivery(0, { requestId: 'r2', after });
const asyncRetry = (after: number) => delivery(0, { after });
const nextTick = delivery(1, { requestId: 'r3' });
const seconds = (...moments: number[]) => moments.map((s) => s * S);

const retry = delivery(0, { requestId: 'r2', attempt: 2, trigger: 'retry', asked: true });
/** The turn of a tick that waited: it is delivered once more. */
const turn = (tick: number, more: Partial<Spec> = {}) =>
  delivery(tick, { requestId: `turn ${tick}`, asked: true, ...more });
const RETRIED = { [JOB]: { retryDelays: [5 * S] } };
const BUFFERED = { [JOB]: { overlap: 'bufferOne' as const } };
/** Two jobs that share a lock, which one of them may hold. */
const GROUP = { a: { room: 1 }, b: { room: 1, priority: 1 } };

/**
 * The small worlds that are explored whole. Each has few processes and few faults, and every
 * order of them: what goes wrong in a protocol goes wrong in a small world first. Smallest first.
 */
export const scenarios = [
  scenario('duplicates with lost answers, nothing stalled', [delivery(0), again(0)], {
    faults: { lost: 2, throws: 1 },
    prompt: true,
    endsWithin: 10 * S,
  }),
  scenario('one delivery, every fault once', [delivery(0)], {
    faults: { crashes: 1, lost: 1, late: 1, away: 1, throws: 1, timeouts: 1 },
  }),
  scenario('code that runs into its deadline, and a duplicate', [delivery(0), again(0)], {
    faults: { timeouts: 1, crashes: 1, late: 1 },
    moments: seconds(0, 5, 10, 15),
  }),
  scenario('code that runs into its deadline, and the next tick', [delivery(0), nextTick], {
    faults: { timeouts: 2, throws: 1 },
    moments: seconds(0, 5, 10, 15, 20),
  }),
  scenario(
    'redelivered after minutes and after hours',
    [delivery(0), again(0), delivery(0, { requestId: 'r3', from: 3 })],
    {
      faults: { crashes: 1, late: 1 },
      moments: [0, 10 * S, 15 * S, 5 * M, 120 * M],
    },
  ),
  scenario('two ticks with lost answers, nothing stalled', [delivery(0), nextTick], {
    faults: { lost: 2 },
    prompt: true,
    endsWithin: 10 * S,
  }),
  scenario('given up, its record fails, and the next tick', [delivery(0), nextTick], {
    faults: { timeouts: 1, away: 1 },
    moments: seconds(0, 5, 10, 15, 20),
  }),
  scenario('a store that goes away, retries and finalizers', [delivery(0), retry, finalizing(0)], {
    faults: { away: 2, throws: 1 },
    moments: seconds(0, 5, 10, 15),
    jobs: RETRIED,
    finalized: true,
  }),
  scenario(
    'two runs of one job at once, and a third',
    [delivery(0), nextTick, delivery(2, { requestId: 'r4' })],
    {
      faults: { crashes: 1 },
      moments: seconds(0, 15),
      jobs: { [JOB]: { concurrency: 2, room: 2 } },
    },
  ),
  scenario(
    'a job that comes while it is the turn of another',
    [
      delivery(0, { job: 'a' }),
      delivery(0, { job: 'b', requestId: 'r2' }),
      delivery(1, { job: 'a', requestId: 'r3', after: 0 }),
      turn(0, { job: 'b', requestId: 'turn b' }),
      turn(1, { job: 'a', requestId: 'turn a' }),
    ],
    { faults: { throws: 1 }, moments: seconds(0, 10), jobs: GROUP, lock: 'group:g' },
  ),
  scenario(
    'two jobs that share a lock',
    [
      delivery(0, { job: 'a' }),
      delivery(0, { job: 'b', requestId: 'r2' }),
      turn(0, { job: 'a' }),
      turn(0, { job: 'b', requestId: 'turn b' }),
    ],
    {
      faults: { crashes: 1, lost: 1 },
      moments: seconds(0, 10, 15, 20),
      jobs: GROUP,
      lock: 'group:g',
    },
  ),
  scenario(
    'a tick that takes the place of one that waits',
    [delivery(0), nextTick, delivery(2, { requestId: 'r4' }), turn(1), turn(2)],
    { faults: { throws: 1 }, moments: seconds(0, 10), jobs: BUFFERED },
  ),
  scenario(
    'paused by its first failure, probed after an hour',
    [delivery(0), nextTick, delivery(2, { requestId: 'r4', from: 1 })],
    {
      faults: { throws: 2, lost: 1 },
      moments: [0, 61 * M],
      jobs: { [JOB]: { pauseAfter: 1 } },
    },
  ),
  scenario('paused at any moment, and the next tick', [delivery(0), nextTick], {
    faults: { pauses: 1, crashes: 1 },
    moments: seconds(0, 10, 15, 20),
  }),
  scenario(
    'a duplicate and a Lambda retry of the same request',
    [delivery(0), asyncRetry(0), again(1)],
    {
      faults: { crashes: 1 },
    },
  ),
  scenario(
    'a sweep beside the living and the dead',
    [delivery(0), again(0), sweeping({ withoutRow: [0], skew: 5 * S })],
    {
      faults: { crashes: 1, late: 1 },
      moments: seconds(0, 10, 15, 20),
    },
  ),
  scenario(
    'a redelivery whose clock is slow, after a fast taker sealed',
    [
      delivery(0),
      delivery(1, { requestId: 'r3', skew: 5 * S }),
      delivery(0, { requestId: 'r2', skew: -5 * S, from: 2 }),
    ],
    {
      faults: { crashes: 1 },
      moments: seconds(0, 10, 15, 20),
    },
  ),
  scenario(
    'a retry against the next tick',
    [
      delivery(0),
      delivery(0, { requestId: 'r2', attempt: 2, trigger: 'retry', after: 0 }),
      nextTick,
    ],
    {
      faults: { throws: 1, crashes: 1 },
      moments: seconds(0, 10, 15),
    },
  ),
  scenario(
    'an older tick that comes late, and a duplicate of the newer one',
    [
      delivery(1),
      delivery(0, { requestId: 'r2', after: 0 }),
      delivery(1, { requestId: 'r3', after: 1 }),
    ],
    { faults: { late: 1 }, moments: seconds(0, 10, 15) },
  ),
  scenario('a store that returns no item with a refusal', [delivery(0), again(0), nextTick], {
    returnsItem: false,
    faults: { crashes: 1 },
    moments: seconds(0, 10, 15, 20),
  }),
  scenario('a store that goes away', [delivery(0), again(0), nextTick], {
    faults: { away: 2 },
    moments: seconds(0, 10, 15, 20),
  }),
  scenario(
    'a taker whose clock is fast by the whole margin',
    [delivery(0), delivery(1, { requestId: 'r3', skew: 5 * S })],
    {
      faults: { crashes: 1, late: 1, timeouts: 1 },
    },
  ),
  scenario('very first run, delivered twice at once', [delivery(0), again(0)], {
    used: false,
    faults: { crashes: 1, lost: 1, late: 1 },
  }),
  scenario('the next tick, and packets that come late', [delivery(0), nextTick], {
    faults: { crashes: 1, lost: 1, late: 1 },
    moments: seconds(0, 5, 10, 15, 20),
  }),
  scenario('a run that fails or dies, and is tried again', [delivery(0), retry, finalizing(0)], {
    faults: { throws: 1, crashes: 2, lost: 1 },
    moments: seconds(0, 5, 10, 15, 20),
    jobs: RETRIED,
    finalized: true,
  }),
  scenario('a finalizer beside the next tick', [delivery(0), nextTick, finalizing(0)], {
    faults: { crashes: 1, lost: 1 },
    moments: seconds(0, 5, 10, 15),
    finalized: true,
  }),
  scenario(
    'one end told twice, and a sweep beside it',
    [delivery(0), finalizing(0), finalizing(0, { after: 1 }), sweeping({ skew: 5 * S })],
    {
      faults: { crashes: 2, throws: 1 },
      moments: seconds(0, 5, 10, 15),
      jobs: RETRIED,
      finalized: true,
    },
  ),
  scenario(
    'an event that Lambda runs again after its first process died',
    [delivery(0), delivery(0, { afterEnd: 0 }), finalizing(0), finalizing(1)],
    { faults: { crashes: 2, late: 1 }, moments: seconds(0, 5, 10, 15, 20), jobs: RETRIED },
  ),
  scenario('killed at its deadline, and the finalizer', [delivery(0), nextTick, finalizing(0)], {
    faults: { timeouts: 1, away: 1 },
    moments: seconds(0, 5, 10, 15, 20),
    jobs: RETRIED,
    finalized: true,
  }),
  scenario('a tick that waits for its turn', [delivery(0), nextTick, turn(1)], {
    faults: { crashes: 1, lost: 1, late: 1 },
    moments: seconds(0, 10, 15, 20),
    jobs: BUFFERED,
  }),
  scenario(
    'a tick that waits, delivered twice, and the end of the one before',
    [delivery(0), nextTick, delivery(1, { requestId: 'r4', after: 1 }), turn(1), finalizing(0)],
    { faults: { crashes: 1 }, moments: seconds(0, 5, 15), jobs: BUFFERED, finalized: true },
  ),

  scenario(
    'code that runs into its deadline, a duplicate and the next tick',
    [delivery(0), again(0), nextTick],
    { faults: { timeouts: 1, throws: 1 }, moments: seconds(0, 5, 10, 15, 20), deep: true },
  ),
  scenario(
    'three ticks, two of them in the way',
    [delivery(0), nextTick, delivery(2, { requestId: 'r4' })],
    {
      faults: { crashes: 1, late: 1 },
      moments: seconds(0, 10, 15, 20),
      deep: true,
    },
  ),
  scenario(
    'two ticks, each twice',
    [delivery(0), again(0), nextTick, delivery(1, { requestId: 'r4', after: 2 })],
    {
      faults: { crashes: 1 },
      moments: seconds(0, 10, 15),
      deep: true,
    },
  ),
];
