import { describe, expect, test } from 'vitest';
import { Clock } from '../../local/clock.ts';
import type { ScheduleResource } from '../../local/resources.ts';
import { Scheduler, type SchedulerSetup } from '../../local/scheduler.ts';
import { HandMadeTime } from './hand-made-time.ts';

const FROM = Date.parse('2026-03-01T00:00Z');
const MINUTE = 60_000;

const everyTenMinutes: ScheduleResource = {
  arn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/jobs/sweep',
  expression: 'cron(0/10 * * * ? *)',
  timeZone: 'UTC',
  windowMinutes: 0,
  enabled: true,
  functionName: 'sweep-function',
  job: 'sweep',
  input: JSON.stringify({
    job: 'sweep',
    scheduledTime: '<aws.scheduler.scheduled-time>',
    executionId: '<aws.scheduler.execution-id>',
    scheduleArn: '<aws.scheduler.schedule-arn>',
    payload: { note: '<b>' },
  }),
};

interface Delivery {
  minute: number;
  functionName: string;
  event: Record<string, unknown>;
}

function schedulerOf(schedule: Partial<ScheduleResource>, setup: Partial<SchedulerSetup> = {}) {
  const real = new HandMadeTime();
  const clock = new Clock(FROM, Number.POSITIVE_INFINITY, real);
  const deliveries: Delivery[] = [];
  const scheduler = new Scheduler({
    clock,
    schedules: [{ ...everyTenMinutes, ...schedule }],
    from: FROM,
    to: FROM + 60 * MINUTE,
    deliveries: () => [0],
    seed: 1,
    deliver: async (functionName, event) => {
      const minute = (clock.now() - FROM) / MINUTE;
      deliveries.push({ minute, functionName, event: event as Delivery['event'] });
    },
    ...setup,
  });
  scheduler.start();
  clock.start();
  return {
    real,
    clock,
    scheduler,
    deliveries,
    minutes: () => deliveries.map(({ minute }) => minute),
  };
}

test('fires at its ticks, the first instant included and the last excluded', async () => {
  const { real, minutes } = schedulerOf({});
  await real.passAll();
  expect(minutes()).toEqual([0, 10, 20, 30, 40, 50]);
});

test("delivers the template's input with EventBridge's placeholders filled in", async () => {
  const { real, deliveries } = schedulerOf({});
  await real.passAll();
  expect(deliveries[1]).toEqual({
    minute: 10,
    functionName: 'sweep-function',
    event: {
      job: 'sweep',
      scheduledTime: '2026-03-01T00:10:00Z',
      executionId: expect.stringMatching(/^[\w-]{8,}$/),
      scheduleArn: everyTenMinutes.arn,
      payload: { note: '<b>' },
    },
  });
});

test('delivers every event as often as asked, at once, each time under another execution id', async () => {
  const { real, deliveries } = schedulerOf(
    {},
    { deliveries: () => [0, 0, 0, 0], to: FROM + MINUTE },
  );
  await real.passAll();
  expect(deliveries.map(({ event }) => event.scheduledTime)).toEqual(
    Array(4).fill('2026-03-01T00:00:00Z'),
  );
  expect(new Set(deliveries.map(({ event }) => event.executionId)).size).toBe(4);
});

test('a disabled schedule never fires', async () => {
  const { real, minutes } = schedulerOf({ enabled: false });
  await real.passAll();
  expect(minutes()).toEqual([]);
});

test('ticks come due in the time zone of the schedule', async () => {
  const berlin = { expression: 'cron(30 1 * * ? *)', timeZone: 'Europe/Berlin' };
  const { real, minutes } = schedulerOf(berlin);
  await real.passAll();
  expect(minutes()).toEqual([30]); // 01:30 in Berlin is 00:30 UTC
});

describe('a flexible window', () => {
  const flexible = { windowMinutes: 5 };

  test('shifts each delivery by less than the window, never the scheduled time', async () => {
    const { real, deliveries, minutes } = schedulerOf(flexible);
    await real.passAll();
    const shifts = minutes().map((minute, i) => minute - i * 10);
    expect(shifts).toHaveLength(6);
    expect(shifts.every((shift) => shift >= 0 && shift < 5)).toBe(true);
    expect(new Set(shifts).size).toBeGreaterThan(1);
    expect(deliveries[0]?.event.scheduledTime).toBe('2026-03-01T00:00:00Z');
  });

  test('shifts the same for the same seed and otherwise for another', async () => {
    const runs = [7, 7, 8].map((seed) => schedulerOf(flexible, { seed }));
    for (const { real } of runs) await real.passAll();
    const [first, again, other] = runs.map(({ minutes }) => minutes());
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe('stopped', () => {
  test('nothing fires any more', async () => {
    const { real, clock, scheduler, minutes } = schedulerOf({});
    clock.at(FROM + 25 * MINUTE, () => scheduler.stop());
    await real.passAll();
    expect(minutes()).toEqual([0, 10, 20]);
    expect(scheduler.withdrawn).toEqual([]);
  });

  test('what had come due but waits in its window is withdrawn', async () => {
    const { real, clock, scheduler, minutes } = schedulerOf({ windowMinutes: 5 });
    clock.at(FROM + 10 * MINUTE + 1, () => scheduler.stop());
    await real.passAll();
    await scheduler.settled();
    expect(minutes()).toHaveLength(1);
    expect(scheduler.withdrawn).toEqual([{ job: 'sweep', tick: '2026-03-01T00:10Z' }]);
  });

  test('what is due at this very moment and has not fired is withdrawn', async () => {
    const { real, scheduler, minutes } = schedulerOf({});
    scheduler.stop();
    await real.passAll();
    expect(minutes()).toEqual([]);
    expect(scheduler.withdrawn).toEqual([{ job: 'sweep', tick: '2026-03-01T00:00Z' }]);
  });

  test("an operator's tick is fired like any other, and nobody's when it is withdrawn", async () => {
    const { job, ...fired } = everyTenMinutes;
    const operator = { ...fired, name: 'operator', input: '{}' };
    const { real, clock, scheduler, minutes } = schedulerOf({}, { schedules: [operator] });
    clock.at(FROM + 20 * MINUTE - 1, () => scheduler.stop());
    await real.passAll();
    expect(minutes()).toEqual([0, 10]);

    const { scheduler: stopped } = schedulerOf({}, { schedules: [operator] });
    stopped.stop();
    expect(stopped.withdrawn).toEqual([]);
  });

  test('is settled only once what was delivered has been dealt with', async () => {
    let finish = () => {};
    const running = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { real, scheduler } = schedulerOf({}, { to: FROM + MINUTE, deliver: () => running });
    real.pass(0);
    scheduler.stop();
    const order: string[] = [];
    const settled = scheduler.settled().then(() => order.push('settled'));
    await real.passAll();
    order.push('finished');
    finish();
    await settled;
    expect(order).toEqual(['finished', 'settled']);
  });
});
