import { describe, expect, test } from 'vitest';
import { Clock } from '../../local/clock.ts';
import type { DeadLetter } from '../../local/dead-letter.ts';
import { OpenWork } from '../../local/open-work.ts';
import type { ScheduleResource } from '../../local/resources.ts';
import type { Made, Schedule } from '../../local/schedule.ts';
import { Scheduler, type SchedulerSetup } from '../../local/scheduler.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { scheduleOf } from './parts.ts';

const FROM = Date.parse('2026-03-01T00:00Z');
const MINUTE = 60_000;

const everyTenMinutes = scheduleOf({ functionName: 'sweep-function' });

interface Delivery {
  minute: number;
  functionName: string;
  event: Record<string, unknown>;
}

function schedulerOf(schedule: Partial<ScheduleResource>, setup: Partial<SchedulerSetup> = {}) {
  const real = new HandMadeTime();
  const clock = new Clock(FROM, Number.POSITIVE_INFINITY, real);
  const deliveries: Delivery[] = [];
  const letters: Array<DeadLetter & { minute: number }> = [];
  const open = new OpenWork();
  const minuteNow = () => (clock.now() - FROM) / MINUTE;
  const scheduler = new Scheduler({
    clock,
    open,
    schedules: [{ ...everyTenMinutes, ...schedule }],
    from: FROM,
    to: FROM + 60 * MINUTE,
    deliveries: () => [0],
    undeliverable: () => false,
    off: [],
    seed: 1,
    exists: () => true,
    deliver: async (functionName, event) => {
      deliveries.push({ minute: minuteNow(), functionName, event: event as Delivery['event'] });
    },
    giveUp: (letter) => letters.push({ ...letter, minute: minuteNow() }),
    ...setup,
  });
  scheduler.start();
  clock.start();
  return {
    real,
    clock,
    scheduler,
    open,
    deliveries,
    letters,
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
    const { real, clock, open, scheduler, minutes } = schedulerOf({ windowMinutes: 5 });
    clock.at(FROM + 10 * MINUTE + 1, () => scheduler.stop());
    await real.passAll();
    await open.settled();
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
    const operator = { ...fired, input: '{}' };
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
    const { real, open, scheduler } = schedulerOf(
      {},
      { to: FROM + MINUTE, deliver: () => running },
    );
    real.pass(0);
    scheduler.stop();
    const order: string[] = [];
    const settled = open.settled().then(() => order.push('settled'));
    await real.passAll();
    order.push('finished');
    finish();
    await settled;
    expect(order).toEqual(['finished', 'settled']);
  });
});

/** Made at run time: a retry of 00:00, at 00:01:30. */
function retry(settings: Partial<Schedule> = {}, made: Partial<Made> = {}): Schedule {
  const { job: _, ...schedule } = scheduleOf({ name: 'retry' });
  return {
    ...schedule,
    expression: 'at(2026-03-01T00:01:30)',
    input: '{"job":"sweep","scheduledTime":"2026-03-01T00:00:00Z","attempt":2}',
    made: { createdAt: FROM, modifiedAt: FROM, deletedAfterwards: true, ...made },
    ...settings,
  };
}

describe('a schedule that is made at run time', () => {
  const none = { schedules: [] };

  test('fires once at its time, to the second, and is gone', async () => {
    const { real, scheduler, deliveries } = schedulerOf({}, none);
    scheduler.put(retry());
    expect([scheduler.find(retry().arn), scheduler.pending]).toEqual([retry(), 1]);
    await real.passAll();
    expect(deliveries).toMatchObject([{ minute: 1.5, event: { attempt: 2 } }]);
    expect([scheduler.find(retry().arn), scheduler.pending]).toEqual([undefined, 0]);
  });

  test('stays if it shall, and is still no more to come', async () => {
    const { real, scheduler, minutes } = schedulerOf({}, none);
    scheduler.put(retry({}, { deletedAfterwards: false }));
    await real.passAll();
    expect(minutes()).toEqual([1.5]);
    expect([scheduler.schedules.length, scheduler.pending]).toEqual([1, 0]);
  });

  test('fires in its own time zone, at its own rate, and between its dates', async () => {
    const { real, scheduler, minutes } = schedulerOf({}, none);
    scheduler.put(retry({ expression: 'at(2026-03-01T01:05:00)', timeZone: 'Europe/Berlin' }));
    const dates = { startsAt: FROM + 10 * MINUTE, endsAt: FROM + 30 * MINUTE };
    scheduler.put(retry({ arn: 'other', expression: 'rate(10 minutes)' }, dates));
    await real.passAll();
    expect(minutes()).toEqual([5, 10, 20, 30]);
    expect(scheduler.schedules).toEqual([]);
  });

  test('that is removed, replaced or disabled does not fire', async () => {
    const { real, scheduler, minutes } = schedulerOf({}, none);
    scheduler.put(retry());
    scheduler.remove(retry().arn);
    scheduler.put(retry({ arn: 'off', enabled: false }));
    scheduler.put(retry({ arn: 'moved' }));
    scheduler.put(retry({ arn: 'moved', expression: 'at(2026-03-01T00:02:00)' }));
    await real.passAll();
    expect(minutes()).toEqual([2]);
  });

  test('for the end of the run or later is left', async () => {
    const { real, scheduler, minutes } = schedulerOf({}, none);
    scheduler.put(retry({ expression: 'at(2026-03-01T01:00:00)' }));
    await real.passAll();
    expect([minutes(), scheduler.pending]).toEqual([[], 1]);
  });

  test('is delivered as often as asked for the tick and the attempt it carries', async () => {
    const asked: unknown[] = [];
    const deliveries = (...what: unknown[]) => {
      asked.push(what);
      return [0, MINUTE];
    };
    const { real, scheduler, minutes } = schedulerOf({}, { ...none, deliveries });
    scheduler.put(retry());
    await real.passAll();
    expect(asked).toEqual([['sweep', '2026-03-01T00:00Z', 2]]);
    expect(minutes()).toEqual([1.5, 2.5]);
  });

  test('withdraws no tick where it is stopped: that has its row', async () => {
    const { clock, real, scheduler, minutes } = schedulerOf({}, none);
    scheduler.put(retry({ windowMinutes: 5 }));
    clock.at(FROM + 1.5 * MINUTE + 1, () => scheduler.stop());
    await real.passAll();
    expect([minutes(), scheduler.withdrawn]).toEqual([[], []]);
  });
});

describe('an event that can not be delivered', () => {
  const undeliverable = (_job: string, tick: string) => tick === '2026-03-01T00:10Z';
  const attributes = {
    ERROR_CODE: 'AWS.Lambda.ThrottlingException',
    ERROR_MESSAGE: expect.any(String),
    EXECUTION_ID: expect.stringMatching(/^[\w-]{8,}$/),
    EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: '185',
    SCHEDULED_TIME: '2026-03-01T00:10:00Z',
    SCHEDULE_ARN: everyTenMinutes.arn,
    TARGET_ARN: everyTenMinutes.targetArn,
  };

  test('is given up when it is as old as it may be, with the event and the reason', async () => {
    const { real, minutes, letters } = schedulerOf({}, { undeliverable });
    await real.passAll();
    expect(minutes()).toEqual([0, 20, 30, 40, 50]);
    expect(letters).toMatchObject([{ minute: 20, attributes }]);
    const { executionId, ...event } = JSON.parse(letters[0]?.body ?? '');
    expect(executionId).toBe(letters[0]?.attributes.EXECUTION_ID);
    expect(event).toEqual({
      job: 'sweep',
      scheduledTime: '2026-03-01T00:10:00Z',
      scheduleArn: everyTenMinutes.arn,
      payload: { note: '<b>' },
    });
  });

  test('is given up at once where no retries are allowed', async () => {
    const { real, letters } = schedulerOf({ maximumRetries: 0 }, { undeliverable });
    await real.passAll();
    const exhausted = { EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts', RETRY_ATTEMPTS: '0' };
    expect(letters).toMatchObject([{ minute: 10, attributes: exhausted }]);
  });

  test('and would be given up after the run is withdrawn', async () => {
    const { real, scheduler, letters } = schedulerOf(
      { maximumEventAgeSeconds: 3_000 },
      { undeliverable },
    );
    await real.passAll();
    expect(letters).toEqual([]);
    expect(scheduler.withdrawn).toEqual([{ job: 'sweep', tick: '2026-03-01T00:10Z' }]);
  });

  test('since there is no function, is given up at once, untried', async () => {
    const exists = (name: string) => name !== 'sweep-function';
    const { real, minutes, letters } = schedulerOf({}, { exists, to: FROM + MINUTE });
    await real.passAll();
    expect(minutes()).toEqual([]);
    const { EXHAUSTED_RETRY_CONDITION: _, ...rest } = attributes;
    expect(letters.map(({ minute, attributes }) => ({ minute, ...attributes }))).toEqual([
      {
        minute: 0,
        ...rest,
        ERROR_CODE: 'AWS.Lambda.ResourceNotFoundException',
        RETRY_ATTEMPTS: '0',
        SCHEDULED_TIME: '2026-03-01T00:00:00Z',
      },
    ]);
  });
});

test('while EventBridge is off nothing fires and nothing comes later', async () => {
  const off = [{ from: FROM + 10 * MINUTE, to: FROM + 30 * MINUTE }];
  const deliveries = () => [0, 5 * MINUTE, 15 * MINUTE];
  const { real, scheduler, minutes, letters } = schedulerOf({}, { off, deliveries });
  await real.passAll();
  expect(minutes()).toEqual([0, 5, 30, 35, 40, 45, 45, 50, 55, 55, 65]);
  expect([letters, scheduler.withdrawn]).toEqual([[], []]);
});
