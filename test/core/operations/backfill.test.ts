import { describe, expect, test } from 'vitest';
import type { Gist } from '../../../core/ledger/operations-store.ts';
import {
  type BackfillContext,
  backfill,
  type Ended,
  Paused,
} from '../../../core/operations/backfill.ts';
import { planBackfill, type Rerun, type Step } from '../../../core/operations/backfill-plan.ts';
import type { Outcome } from '../../../core/run/states.ts';

const TICKS = ['00:00', '00:10', '00:20', '00:30'].map((time) => `2026-03-01T${time}Z`);
const [T0 = '', T1 = '', T2 = ''] = TICKS;

describe('the plan', () => {
  const row = (tick: string, more: Partial<Gist>): [string, Gist] => [
    tick,
    {
      job: 'report',
      tick,
      status: 'failed',
      fence: 1,
      token: 't',
      attempt: 2,
      trigger: 'schedule',
      ...more,
    } as Gist,
  ];
  const plan = (rerun: Rerun, ...rows: [string, Gist][]) =>
    planBackfill(TICKS, new Map(rows), { order: 'oldest', rerun }).map(
      ({ tick, attempt }) => `${tick.slice(11, 16)} ${attempt}`,
    );

  test('has the ticks without a row, each for its first attempt', () => {
    expect(plan('none')).toEqual(['00:00 1', '00:10 1', '00:20 1', '00:30 1']);
    expect(plan('none', row(T0, {}), row(T1, { status: 'succeeded' }))).toEqual([
      '00:20 1',
      '00:30 1',
    ]);
  });

  test('has what ended without success, and what waits, only where that is asked for', () => {
    const rows = [
      row(T0, { status: 'missed', attempt: 0 }),
      row(T1, { status: 'succeeded' }),
      row(T2, { retryAt: '2026-03-01T01:00:00.000Z' }),
    ];
    expect(plan('none', ...rows)).toEqual(['00:30 1']);
    expect(plan('failed', ...rows)).toEqual(['00:00 1', '00:30 1']);
    expect(plan('all', ...rows)).toEqual(['00:00 1', '00:20 3', '00:30 1']);
  });

  test('has what a backfill before it was kept from', () => {
    const skipped = { status: 'skipped', trigger: 'backfill' } as const;
    const rows = [
      row(T0, { ...skipped, reason: 'paused' }),
      row(T1, { ...skipped, reason: 'declined' }),
      row(T2, { ...skipped, reason: 'overlap', trigger: 'schedule' }),
    ];
    expect(plan('none', ...rows)).toEqual(['00:00 3', '00:30 1']);
  });

  test('begins with the newest where that is asked for', () => {
    const steps = planBackfill(TICKS, new Map(), { order: 'newest', rerun: 'none' });
    expect(steps.map(({ tick }) => tick)).toEqual(TICKS.toReversed());
  });
});

describe('running it', () => {
  const steps: Step[] = TICKS.map((tick) => ({ tick, attempt: 1 }));
  const outcome = (step: Step, more: Partial<Outcome> = {}): Outcome => ({
    job: 'report',
    ...step,
    status: 'succeeded',
    finishedAt: T0,
    ...more,
  });

  /** A cloud that does as it is told; what it was asked. */
  function cloud(more: Partial<BackfillContext> = {}) {
    const controller = new AbortController();
    const called: Step[] = [];
    const ends: Ended[] = [];
    const call = more.call ?? (async (step: Step) => outcome(step));
    const context: BackfillContext = {
      view: async () => ({ state: 'nowhere' }),
      room: async () => {},
      wait: async () => {},
      signal: controller.signal,
      ended: (end) => void ends.push(end),
      ...more,
      async call(step) {
        called.push(step);
        return call(step);
      },
    };
    return { context, called, ends, stop: () => controller.abort() };
  }

  test('is never faster than asked', async () => {
    let live = 0;
    let most = 0;
    const { context, ends } = cloud({
      async call(step) {
        live += 1;
        most = Math.max(most, live);
        await null;
        live -= 1;
        return outcome(step);
      },
    });
    await backfill(steps, 2, context);
    expect(most).toBe(2);
    expect(ends.map(({ tick }) => tick)).toEqual(TICKS);
  });

  test('looks at the row where the answer is lost, or somebody else is at it', async () => {
    const states = ['running', 'nowhere', 'waiting'] as const;
    let looks = 0;
    const { context, called, ends } = cloud({
      call: async (step) => (step.tick === T0 ? outcome(step, { status: 'duplicate' }) : undefined),
      async view({ tick, attempt }) {
        const state = states[looks++ % 4];
        if (state) return { state };
        return { row: { ...outcome({ tick, attempt }), status: 'failed' } as never };
      },
    });
    await backfill(steps.slice(0, 2), 1, context);
    expect(called).toHaveLength(2);
    expect(ends).toMatchObject([{ status: 'failed' }, { status: 'failed' }]);
  });

  test('delivers once more what left no trace', async () => {
    let calls = 0;
    const { context, called } = cloud({
      call: async (step) => (++calls === 1 ? undefined : outcome(step)),
    });
    await backfill(steps.slice(0, 1), 1, context);
    expect(called).toEqual([steps[0], steps[0]]);
  });

  test('delivers again what was not begun, later from try to try, until it is stopped', async () => {
    let calls = 0;
    const waits: number[] = [];
    const { context, called, ends, stop } = cloud({
      wait: async (count) => void waits.push(count),
      async call(step) {
        if (++calls === 4) stop();
        return step.tick === T0 && calls === 3 ? outcome(step) : 'not begun';
      },
    });
    await backfill(steps, 1, context);
    expect(called.map(({ tick }) => tick)).toEqual([T0, T0, T0, T1]);
    expect(waits).toEqual([1, 2]);
    expect(ends).toHaveLength(1);
  });

  test('waits for room where another run is in the way, and tries the next attempt', async () => {
    let rooms = 0;
    const { context, called, ends } = cloud({
      async call(step) {
        const isFirst = step.attempt < 3;
        return outcome(step, isFirst ? { status: 'skipped', reason: 'overlap' } : {});
      },
      async room() {
        rooms += 1;
      },
    });
    await backfill(steps.slice(0, 1), 1, context);
    expect(called.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect([rooms, ends.length]).toEqual([2, 1]);
  });

  test('lets finish what runs once it is stopped, and begins nothing', async () => {
    const { context, called, ends, stop } = cloud({
      async call(step) {
        if (step.tick === T1) stop();
        return outcome(step);
      },
    });
    await backfill(steps, 1, context);
    expect(called).toHaveLength(2);
    expect(ends).toHaveLength(2);
  });

  test('once it is stopped does not wait for what waits itself', async () => {
    const { context, ends, stop } = cloud({
      async call(step) {
        stop();
        return outcome(step, { status: 'waiting' });
      },
      view: async () => ({ state: 'waiting' }),
    });
    await backfill(steps, 1, context);
    expect(ends).toEqual([]);
  });

  test('ends where the job is paused, after what runs', async () => {
    const { context, called, ends } = cloud({
      call: async (step) =>
        outcome(step, step.tick === T1 ? { status: 'skipped', reason: 'paused' } : {}),
    });
    await expect(backfill(steps, 2, context)).rejects.toThrow(Paused);
    expect(called.length).toBeLessThan(4);
    expect(ends.every(({ status }) => status === 'succeeded')).toBe(true);
  });
});
