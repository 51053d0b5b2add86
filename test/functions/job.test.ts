import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DynamoLedger } from '../../core/ledger/dynamodb.ts';
import type { RunLimits } from '../../core/run/limits.ts';
import type { Run } from '../../core/run/states.ts';
import type { JobRun } from '../../functions/job.ts';
import { type Store, startStore } from '../support/stores.ts';
import { refusing, startAws } from './aws.ts';
import { coldStart, JOB, Printed } from './lambda.ts';
import { Present } from './present.ts';

let store: Store;
let ledger: DynamoLedger;
let printed: Printed;
const present = new Present();
beforeAll(async () => {
  store = await startStore('dynalite');
  ledger = store.ledgerAt(Date.now);
});
afterAll(() => store.stop());
beforeEach(() => {
  printed = new Printed();
  present.advance();
  return () => {
    vi.useRealTimers();
  };
});

const start = <P>(code: (run: JobRun<P>) => Promise<unknown>) =>
  coldStart(store.tap.endpoint, code);
const row = () => ledger.readRun(JOB, present.tick) as Promise<Run>;

describe('an event that is no delivery for this function', () => {
  test.each([
    ['nothing', null, /is not an object/],
    ['a list', [], /is not an object/],
    ['no job', { job: undefined }, /has no job; this function runs 'send-reminders'/],
    ["another's job", { job: 'send-invoices' }, /is for job 'send-invoices'/],
    ['no time', { scheduledTime: undefined }, /has no scheduledTime/],
    ['a time that is no time', { scheduledTime: 'tomorrow' }, /'tomorrow' is no time/],
    ['an hour that is no hour', { scheduledTime: '2026-03-01T25:00:00Z' }, /is no time/],
    ['a time without a zone', { scheduledTime: '2026-03-01T09:00' }, /is no time/],
    ['an unknown trigger', { trigger: 'chance' }, /trigger 'chance' is unknown/],
    ['an attempt that is none', { attempt: 0 }, /attempt '0' is not a whole number/],
  ])('is refused, and nothing reaches the store: %s', async (_, wrong, reason) => {
    const code = vi.fn();
    const { invoke } = await start(code);
    const event = wrong === null || Array.isArray(wrong) ? wrong : present.due(wrong);
    const error = { name: 'BadEvent', message: expect.stringMatching(reason) };
    const { requests } = await store.tap.costOf(() =>
      expect(invoke(event)).rejects.toMatchObject(error),
    );
    expect(requests).toBe(0);
    expect(code).not.toHaveBeenCalled();
    expect(printed.saying('refused: bad event')).toMatchObject([
      { level: 'ERROR', reason: expect.stringMatching(reason) },
    ]);
    expect(printed.metrics).toEqual([]);
  });
});

describe('a run', () => {
  test('costs three requests, tick after tick', async () => {
    const { invoke } = await start(async () => 'done');
    await invoke(present.due());
    for (let ticks = 0; ticks < 2; ticks++) {
      present.advance();
      expect(await store.tap.costOf(() => invoke(present.due()))).toEqual({
        requests: 3,
        writeUnits: 3,
        readUnits: 0,
      });
    }
  });

  test('is answered as it was recorded', async () => {
    const { invoke } = await start(async () => ({ warned: 12 }));
    const now = new Date().toISOString();
    const outcome = {
      job: JOB,
      tick: present.tick,
      attempt: 1,
      status: 'succeeded',
      output: { warned: 12 },
    };
    expect(await invoke(present.due())).toEqual({ ...outcome, startedAt: now, finishedAt: now });
    expect(await row()).toMatchObject({
      ...outcome,
      logGroup: `/punctual/${JOB}`,
      logStream: expect.stringContaining('$LATEST'),
    });
  });

  test('gets what its author was promised', async () => {
    let got: JobRun<{ daysAhead: number }> | undefined;
    const { invoke } = await start<{ daysAhead: number }>(async (run) => {
      got = run;
      expect(run.signal.aborted).toBe(false);
      run.log.info('looking', { daysAhead: run.payload.daysAhead });
    });
    // EventBridge's time may carry seconds; a tick of a schedule has none.
    const scheduledTime = present.tick.replace('Z', ':42Z');
    await invoke(
      present.due({ scheduledTime, trigger: 'schedule', attempt: 3, payload: { daysAhead: 7 } }),
    );
    const { fence } = await row();
    expect(got).toMatchObject({
      payload: { daysAhead: 7 },
      scheduledTime: new Date(present.tick),
      trigger: 'schedule',
      attempt: 3,
      fencingToken: fence,
      signal: expect.any(AbortSignal),
    });
    expect(printed.saying('looking')).toMatchObject([
      { daysAhead: 7, tick: present.tick, fencingToken: fence },
    ]);
  });

  test('that throws is a failed run, not a failed invocation', async () => {
    const { invoke } = await start(() => Promise.reject(new TypeError('no such build')));
    const error = { name: 'TypeError', message: 'no such build' };
    expect(await invoke(present.due())).toMatchObject({ status: 'failed', error });
    expect(await row()).toMatchObject({ status: 'failed', error });
    expect(printed.saying('run failed')).toMatchObject([
      // For its author: where it was thrown.
      { level: 'ERROR', thrown: { stack: expect.stringContaining('job.test.ts') } },
    ]);
  });

  test('that was already made is a duplicate, in another environment too', async () => {
    const code = vi.fn(async () => 'done');
    const [one, other] = [await start(code), await start(code)];
    await one.invoke(present.due());
    for (const { invoke } of [one, other])
      expect(await invoke(present.due())).toMatchObject({
        status: 'duplicate',
        reason: 'already_ended',
      });
    expect(code).toHaveBeenCalledOnce();
  });
});

describe('what follows a run', () => {
  const MINUTE = 60_000;
  const answersTo = async (code: () => Promise<unknown>, limits: Partial<RunLimits>) => {
    const aws = await startAws();
    const { invoke } = await coldStart(store.tap.endpoint, code, { limits, aws: aws.endpoint });
    return { aws, invoke };
  };

  test('failed: one schedule for its retry, and no invocation', async () => {
    const { aws, invoke } = await answersTo(() => Promise.reject(new Error('no luck')), {
      retryDelays: [MINUTE],
    });
    const outcome = await invoke(present.due({ payload: { daysAhead: 7 } }));
    const retryAt = new Date(Math.floor((Date.now() + MINUTE) / 1000) * 1000).toISOString();
    expect(outcome).toMatchObject({ status: 'failed', retryAt });
    expect(aws.requests).toMatchObject([
      {
        method: 'POST',
        path: expect.stringContaining('/schedules/retry_2_'),
        body: { ScheduleExpression: `at(${retryAt.slice(0, 19)})` },
      },
    ]);
    const target = aws.requests[0]?.body.Target as { Input: string } | undefined;
    const event = JSON.parse(target?.Input ?? '');
    expect(event).toMatchObject({ attempt: 2, payload: { daysAhead: 7 } });
  });

  test('failed in its last attempt: nothing follows; the sweeper tells people of it', async () => {
    const { aws, invoke } = await answersTo(() => Promise.reject(new Error('no luck')), {
      retryDelays: [MINUTE],
    });
    await invoke(present.due({ attempt: 2, trigger: 'retry' }));
    expect(aws.requests).toEqual([]);
    expect(printed.lines.filter(({ alert }) => alert)).toEqual([]);
  });

  test('whose retry could not be planned: reported, and thrown for the finalizer', async () => {
    const { aws, invoke } = await answersTo(() => Promise.reject(new Error('no luck')), {
      retryDelays: [MINUTE],
    });
    aws.answers = refusing('AccessDeniedException', 403);
    await expect(invoke(present.due())).rejects.toMatchObject({ name: 'DispatchError' });
    expect(await row()).toMatchObject({ status: 'failed', retryAt: expect.any(String) });
    expect(printed.saying('run failed')).toHaveLength(1);
    expect(printed.saying('left to the finalizer')).toMatchObject([
      { level: 'ERROR', reason: expect.stringContaining('AccessDeniedException') },
    ]);
    expect(printed.metrics).toHaveLength(1);
  });

  test.each([
    ['DoNotRetry', 'failed'],
    ['RetryAfter', 'failed'],
    ['SkipTick', 'skipped'],
  ] as const)('%s comes from the module that makes handlers', async (name, status) => {
    const { invoke } = await answersTo(
      async () => {
        const intents = await import('../../functions/job.ts');
        throw name === 'RetryAfter' ? new intents.RetryAfter('3 hours') : new intents[name]('no');
      },
      { retryDelays: [MINUTE] },
    );
    const outcome = await invoke(present.due());
    expect(outcome).toMatchObject({ status, error: { name } });
    const delay = Math.round((Date.parse(outcome.retryAt ?? '') - Date.now()) / MINUTE);
    expect(delay).toBe(name === 'RetryAfter' ? 180 : Number.NaN);
  });

  test('that another waits for: one invocation, with its payload', async () => {
    let finish = () => {};
    let started = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const code = () => {
      started();
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    };
    const { aws, invoke } = await answersTo(code, { overlap: 'bufferOne' });
    const first = invoke(present.due());
    await running;
    present.advance();
    const due = present.due({ payload: { daysAhead: 7 } });
    expect(await invoke(due)).toMatchObject({ status: 'waiting', tick: present.tick });
    expect(printed.metrics.at(-1)).toMatchObject({ Waiting: 1 });
    finish();
    await first;
    expect(aws.requests).toMatchObject([
      {
        path: '/2015-03-31/functions/punctual-dev-send-reminders/invocations',
        body: { scheduledTime: present.tick, payload: { daysAhead: 7 } },
      },
    ]);
    const turn = invoke(aws.requests[0]?.body);
    await expect.poll(async () => (await ledger.readLock(JOB))?.holders).not.toEqual({});
    finish();
    expect(await turn).toMatchObject({ status: 'succeeded', tick: present.tick });
  });
});

describe('near the deadline', () => {
  test('a function that heeds its signal has timed out when it throws', async () => {
    const lambda = await start(async ({ signal }) => {
      await once(signal, 'abort');
      signal.throwIfAborted();
    });
    lambda.remaining = 600;
    const error = { name: 'TimeoutError', message: 'not done within 0.6 seconds' };
    expect(await lambda.invoke(present.due())).toMatchObject({ status: 'timed_out', error });
    expect(await row()).toMatchObject({ status: 'timed_out', error });
    expect((await ledger.readLock(JOB))?.holders).toEqual({});
  });

  test('a function that heeds its signal has succeeded when it returns', async () => {
    const lambda = await start(async ({ signal }) => {
      await once(signal, 'abort');
      return 'a part';
    });
    lambda.remaining = 600;
    expect(await lambda.invoke(present.due())).toMatchObject({
      status: 'succeeded',
      output: 'a part',
    });
  });

  test('one that ignores it is recorded while it lives, and holds the lock until it stops', async () => {
    let stop = () => {};
    const lambda = await start(
      () =>
        new Promise<void>((resolve) => {
          stop = resolve;
        }),
    );
    lambda.remaining = 600;
    const outcome = lambda.invoke(present.due());
    await expect.poll(row, { timeout: 60_000 }).toMatchObject({ status: 'timed_out' });
    expect(await ledger.readLock(JOB)).toMatchObject({
      holders: { [JOB]: { tick: present.tick } },
    });
    stop();
    expect(await outcome).toMatchObject({ status: 'timed_out' });
    expect((await ledger.readLock(JOB))?.holders).toEqual({});
  });
});
