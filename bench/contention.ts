import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryEvent } from '../core/run/delivery.ts';
import { limitsOf, type RunLimits } from '../core/run/limits.ts';
import type { Trigger } from '../core/run/states.ts';
import { tickOf } from '../core/run/tick.ts';
import { MINUTE } from '../core/schedule/duration.ts';
import { resolveJob } from '../core/schedule/resolve.ts';
import type { Groups, Limits } from '../core/schedule/settings.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { type Passed, Stage } from './contention-stage.ts';
import { rounded } from './rounds.ts';
import { STORE } from './store.ts';

const SIZES = [10, 50, 200, 1_000];
/** Each that waits makes the lock's item larger, which comes with every refusal. */
const SIZES_OF_GROUP = [10, 50, 200];
/** A job runs a hundred times at once at most. */
const SIZES_OF_TAKERS = [10, 50, 100];

/** How many of a group may run at once, and how long each does, in milliseconds. */
const ROOM = 5;
const WORK = 500;

/** One tick, delivered many times: one runs until all others were refused, and then all come again. */
export const copies: Benchmark = {
  name: 'contention-copies',
  title: `One tick delivered many times at once, on ${STORE}`,
  measure: () =>
    onStage(SIZES, async (stage, size) => {
      const name = `report-${size}`;
      const limits = limitsFor(name);
      const of = { limitsOf: () => limits };
      await stage.pass({ deliveries: [event(name, NOW - MINUTE)], ...of });

      const deliveries = Array.from({ length: size }, () => event(name, NOW));
      const { promise: othersEnded, resolve } = Promise.withResolvers<void>();
      const during = await stage.pass({
        deliveries,
        ...of,
        work: () => othersEnded,
        ended: (count) => count === size - 1 && resolve(),
      });
      await checkRuns(stage, during, deliveries.slice(0, 1));
      const after = await stage.pass({ deliveries, ...of });
      await checkRuns(stage, after, []);
      return {
        copies: size,
        runs: during.ran.length,
        'requests a refusal, while it runs': rounded((during.requests - OF_A_RUN) / (size - 1), 2),
        'after its success': rounded(after.requests / size, 2),
        'refusals/s': rounded((1_000 * size) / after.took, 0),
        'longest wait ms': rounded(after.took, 0),
      };
    }),
};

/** Ticks of one job that are claimed by compare-and-swap, all at once: a backfill of the past. */
export const takers: Benchmark = {
  name: 'contention-takers',
  title: `Take-overs of one lock at once: a backfill of as many ticks, on ${STORE}`,
  measure: () =>
    onStage(SIZES_OF_TAKERS, async (stage, size) => {
      const take = async (name: string, pauses: boolean) => {
        const limits = limitsFor(name, { concurrency: size });
        const of = { limitsOf: () => limits };
        await stage.pass({ deliveries: [event(name, NOW)], ...of });
        const deliveries = Array.from({ length: size }, (_, i) =>
          event(name, NOW - (i + 1) * MINUTE, 'backfill'),
        );
        return { deliveries, passed: await stage.pass({ deliveries, ...of, pauses }) };
      };
      const hasty = (await take(`hasty-${size}`, false)).passed;
      const { deliveries, passed } = await take(`patient-${size}`, true);
      await checkRuns(stage, passed, deliveries);
      return {
        takers: size,
        'no pause: given back': hasty.givenBack,
        'no pause: requests a run': rounded(hasty.requests / hasty.ran.length, 1),
        'no pause: runs/s': perSecond(hasty),
        'given back': passed.givenBack,
        'requests a run': rounded(passed.requests / size, 1),
        'runs/s': perSecond(passed),
        'longest wait ms': rounded(passed.longestWait, 0),
      };
    }),
};

/** Jobs that share a limit, due at once: all but a few wait for their turn. */
export const group: Benchmark = {
  name: 'contention-group',
  title: `Jobs in a group of ${ROOM}, due at once, ${WORK} ms of work each, on ${STORE}`,
  measure: () =>
    onStage(SIZES_OF_GROUP, async (stage, size) => {
      const group = `database-${size}`;
      const limits = limitsFor('member', { group }, { [group]: { limit: ROOM } });
      const of = { limitsOf: () => limits };
      await stage.pass({ deliveries: [event(`first-${size}`, NOW)], ...of });
      const deliveries = Array.from({ length: size }, (_, i) => event(`member-${size}-${i}`, NOW));
      const passed = await stage.pass({ deliveries, ...of, work: () => sleep(WORK) });
      await checkRuns(stage, passed, deliveries);
      assert(passed.mostAtOnce <= ROOM, `${passed.mostAtOnce} of a group of ${ROOM} ran at once`);
      const least = Math.ceil(size / ROOM) * WORK;
      return {
        jobs: size,
        'most at once': passed.mostAtOnce,
        'runs/s': perSecond(passed),
        'of the possible': rounded(least / passed.took, 2),
        'requests a run': rounded(passed.requests / size, 1),
        'calls a run': rounded(passed.calls / size, 2),
        'longest wait ms': rounded(passed.longestWait, 0),
      };
    }),
};

/** Jobs with a lock each, due in one minute: all of them at its beginning. */
export const minute: Benchmark = {
  name: 'contention-minute',
  title: `Jobs due in one minute, all at its beginning, on ${STORE}`,
  measure: () =>
    onStage(SIZES, async (stage, size) => {
      const limits = limitsFor('each');
      const of = { limitsOf: (job: string) => ({ ...limits, lock: job }) };
      const due = (at: number) =>
        Array.from({ length: size }, (_, i) => event(`job-${size}-${i}`, at));
      await stage.pass({ deliveries: due(NOW - MINUTE), ...of });
      const passed = await stage.pass({ deliveries: due(NOW), ...of });
      await checkRuns(stage, passed, due(NOW));
      return {
        jobs: size,
        'runs/s': perSecond(passed),
        'requests a run': rounded(passed.requests / size, 2),
        'longest wait ms': rounded(passed.longestWait, 0),
      };
    }),
};

const NOW = Date.parse(tickOf(Date.now()));
/** Requests of an undisturbed run. */
const OF_A_RUN = 3;

async function onStage(
  sizes: readonly number[],
  measure: (stage: Stage, size: number) => Promise<Figures>,
): Promise<Figures[]> {
  const stage = await Stage.open();
  try {
    // The store and this process are both slow at first.
    const limits = limitsFor('warm');
    for (let i = 0; i < 300; i++)
      await stage.pass({ deliveries: [event('warm', NOW + i * MINUTE)], limitsOf: () => limits });
    const figures: Figures[] = [];
    for (const size of sizes) figures.push(await measure(stage, size));
    return figures;
  } finally {
    await stage.close();
  }
}

function limitsFor(name: string, limits: Partial<Limits> = {}, groups: Groups = {}): RunLimits {
  return limitsOf(resolveJob(name, { every: '1 hour', ...limits }, groups));
}

function event(job: string, at: number | string, trigger: Trigger = 'schedule'): DeliveryEvent {
  return { job, scheduledTime: tickOf(at), trigger, attempt: 1 };
}

/** Whatever was delivered has run, and only once; fails the benchmark where it is not so. */
async function checkRuns(stage: Stage, passed: Passed, due: DeliveryEvent[]): Promise<void> {
  const ticks = due.map(({ job, scheduledTime }) => `${job} ${scheduledTime}`).sort();
  assert.deepEqual(passed.ran.toSorted(), ticks, 'a tick ran twice, or not at all');
  for (const { job, scheduledTime } of due) {
    const row = await stage.ledger.readRun(job, scheduledTime);
    assert.equal(row?.status, 'succeeded', `${job} ${scheduledTime} left no success`);
  }
}

function perSecond({ ran, took }: Passed): number {
  return rounded((1_000 * ran.length) / took, 0);
}
