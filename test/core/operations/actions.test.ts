import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';
import { OperationsStore } from '../../../core/ledger/operations-store.ts';
import { Refused } from '../../../core/operations/actions.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { failing, onEveryStore, T0, T1 } from '../../support/every-store.ts';
import { ENGINES } from '../../support/stores.ts';
import { operationsStore, Person } from './bench.ts';

onEveryStore(
  'a person',
  (bench) => {
    const pauseOf = async () => (await bench.job.lock())?.paused[bench.job.job];

    test('runs a job now, beside the tick of the same minute', async () => {
      const { job, time } = bench;
      await job.deliver(T0);
      time.advance(20_000);
      expect(await new Person(bench).asks({ action: 'run' })).toContain('2026-03-01T00:00:20Z');
      expect((await job.deliverPlanned()).status).toBe('succeeded');
      expect(await job.row('2026-03-01T00:00:20Z')).toMatchObject({
        status: 'succeeded',
        trigger: 'manual',
      });
      expect(await job.row(T0)).toMatchObject({ trigger: 'schedule' });
      // The next tick of the schedule is none the wiser.
      time.advance(10 * MINUTE);
      expect((await job.deliver(T1)).status).toBe('succeeded');
    });

    test('runs a job whose payload in the list is large, and keeps it nowhere', async () => {
      const { job } = bench;
      job.payload = { text: 'x'.repeat(20_000) };
      await new Person(bench).asks({ action: 'run' });
      await job.deliverPlanned(failing);
      const row = await job.row('2026-03-01T00:00:01Z');
      expect(row).toMatchObject({ status: 'failed', retryAt: expect.any(String) });
      expect(row).not.toHaveProperty('payload');
    });

    test.each([
      [1, 16_384],
      [100, 2_621],
    ])('can not give a payload that %d holders could not carry in one lock', async (room, most) => {
      const { job } = bench;
      job.limits.room = room;
      const asked = new Person(bench).asks({ action: 'run', payload: 'x'.repeat(most) });
      await expect(asked).rejects.toThrow(
        new RegExp(`has ${most + 2} bytes, and may have ${most},`),
      );
    });

    test('runs it once, however often the click of one second comes', async () => {
      const { job } = bench;
      await new Person(bench).asks({ action: 'run' });
      const again = new Person(bench, { by: 'bob' }).asks({ action: 'run' });
      await expect(again).rejects.toThrow(/somebody has asked for a run .* in this very second/);
      expect((await job.deliverPlanned()).status).toBe('succeeded');
      expect(bench.dispatches.agenda).toEqual([]);
    });

    test('runs it with a payload of its own, which a retry by hand gets, too', async () => {
      const { job } = bench;
      Object.assign(job.limits, { retryDelays: [] });
      job.payload = { daysAhead: 30 };
      await new Person(bench).asks({ action: 'run', payload: { daysAhead: 7 } });
      expect(bench.dispatches.open).toMatchObject([{ event: { payload: { daysAhead: 7 } } }]);
      const { tick } = await job.deliverPlanned(failing);
      await new Person(bench).asks({ action: 'retry', tick });
      expect(bench.dispatches.open).toMatchObject([{ event: { payload: { daysAhead: 7 } } }]);
    });

    test('can not run it with a payload that is too large to keep', async () => {
      const asked = new Person(bench).asks({ action: 'run', payload: 'x'.repeat(16_384) });
      await expect(asked).rejects.toThrow(/has 16386 bytes, and may have 16384/);
      expect(bench.dispatches.agenda).toEqual([]);
    });

    test('forgets its failures, and leaves a pause', async () => {
      const { job, time } = bench;
      Object.assign(job.limits, { retryDelays: [], pauseAfter: 2 });
      await expect(new Person(bench).asks({ action: 'reset' })).rejects.toThrow(/has no failures/);
      await job.deliver(T0, failing);
      await new Person(bench).asks({ action: 'reset' });
      time.advance(10 * MINUTE);
      await job.deliver(T1, failing);
      expect(await pauseOf()).toBeUndefined();
      time.advance(10 * MINUTE);
      await job.deliver(time.clock(), failing);
      expect(await new Person(bench).asks({ action: 'reset' })).toMatch(/2 failure.*paused still/);
      expect((await job.lock())?.failures[job.job]).toBe(0);
      expect(await pauseOf()).toMatchObject({ by: 'breaker' });
    });

    test('who runs a job that runs, is refused as any tick is: overlap', async () => {
      const { job, time } = bench;
      const run = await job.begins(T0);
      time.advance(20_000);
      await new Person(bench).asks({ action: 'run' });
      expect(await job.deliverPlanned()).toMatchObject({ status: 'skipped', reason: 'overlap' });
      run.finish();
      await run.outcome;
    });

    test('tries a failed run again', async () => {
      const { job } = bench;
      Object.assign(job.limits, { retryDelays: [] });
      await job.deliver(T0, failing);
      await new Person(bench).asks({ action: 'retry', tick: T0 });
      expect((await job.deliverPlanned()).status).toBe('succeeded');
      expect(await job.row(T0)).toMatchObject({ status: 'succeeded', attempt: 2 });
    });

    test('tries a skipped tick again, once what was in its way is gone', async () => {
      const { job, time } = bench;
      job.timeout = 20 * MINUTE;
      const run = await job.begins(T0);
      time.advance(10 * MINUTE);
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'overlap' });
      run.finish();
      await run.outcome;
      await new Person(bench).asks({ action: 'retry', tick: T1 });
      expect((await job.deliverPlanned()).status).toBe('succeeded');
      expect(await job.row(T1)).toMatchObject({ status: 'succeeded', attempt: 2 });
    });

    test.each([
      ['a success', T0, /has succeeded, and a tick succeeds once; run the job now instead/],
      ['what never was', T1, /has no run 2026-03-01T00:10Z/],
      ['nothing', undefined, /which run\?/],
    ])('can not try again %s', async (_, tick, message) => {
      await bench.job.deliver(T0);
      const asked = new Person(bench).asks({ action: 'retry', tick });
      await expect(asked).rejects.toThrow(Refused);
      await expect(asked).rejects.toThrow(message);
      expect(bench.dispatches.agenda).toEqual([]);
    });

    test('pauses a job: its ticks are skipped until somebody resumes it', async () => {
      const { job, time } = bench;
      await job.deliver(T0);
      const ada = new Person(bench);
      expect(await ada.asks({ action: 'pause' })).toMatch(/is paused until somebody resumes it/);
      expect(await pauseOf()).toEqual({
        by: 'ada',
        why: 'an audit',
        since: '2026-03-01T00:00:00.000Z',
      });
      time.advance(10 * MINUTE);
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'paused' });
      expect(await new Person(bench, { by: 'bob' }).asks({ action: 'resume' })).toContain('ada');
      expect(await pauseOf()).toBeUndefined();
      time.advance(10 * MINUTE);
      expect((await job.deliver(time.clock())).status).toBe('succeeded');
    });

    test('pauses a job that never ran', async () => {
      await new Person(bench).asks({ action: 'pause' });
      expect(await bench.job.deliver(T0)).toMatchObject({ status: 'skipped', reason: 'paused' });
    });

    test('pauses it until a time, after which it runs by itself', async () => {
      const { job, time } = bench;
      await new Person(bench).asks({ action: 'pause', until: '2026-03-01T01:10+01:00' });
      expect((await pauseOf())?.until).toBe('2026-03-01T00:10:00.000Z');
      expect((await job.deliver(T0)).status).toBe('skipped');
      time.advance(10 * MINUTE);
      expect((await job.deliver(T1)).status).toBe('succeeded');
    });

    test.each([
      ['soon', /'soon' is no time; write ISO 8601/],
      ['2026-02-28T00:00Z', /is past; a pause ends in the future/],
    ])('can not pause until %s', async (until, message) => {
      await expect(new Person(bench).asks({ action: 'pause', until })).rejects.toThrow(message);
      expect(await bench.job.lock()).toBeUndefined();
    });

    test('does not take the reason of another pause away', async () => {
      await new Person(bench).asks({ action: 'pause' });
      bench.time.advance(MINUTE);
      const asked = new Person(bench, { by: 'bob' }).asks({ action: 'pause' });
      await expect(asked).rejects.toThrow(
        /is paused already, by ada since .*: an audit; resume it/,
      );
      expect((await pauseOf())?.by).toBe('ada');
    });

    test('takes the place of a pause whose time is over', async () => {
      await new Person(bench).asks({ action: 'pause', until: '2026-03-01T00:01Z' });
      bench.time.advance(2 * MINUTE);
      await new Person(bench, { by: 'bob' }).asks({ action: 'pause' });
      expect(await pauseOf()).toMatchObject({ by: 'bob', since: '2026-03-01T00:02:00.000Z' });
    });

    test('takes the place of the breaker: no probe is let through any more', async () => {
      const { job, time } = bench;
      await job.pauses({ by: 'breaker', probeAt: time.clock() + MINUTE });
      await new Person(bench).asks({ action: 'pause' });
      time.advance(10 * MINUTE);
      expect(await job.deliver(T1)).toMatchObject({ status: 'skipped', reason: 'paused' });
    });

    test('who resumes a job forgives its failures', async () => {
      const { job, time } = bench;
      Object.assign(job.limits, { retryDelays: [], pauseAfter: 2 });
      for (const _ of [1, 2]) {
        await job.deliver(time.clock(), failing);
        time.advance(10 * MINUTE);
      }
      expect((await pauseOf())?.by).toBe('breaker');
      await new Person(bench).asks({ action: 'resume' });
      await job.deliver(time.clock(), failing);
      expect(await pauseOf()).toBeUndefined();
    });

    test('resumes it, also where the answer is lost and the request is sent again', async () => {
      const { job } = bench;
      const ada = new Person(bench);
      await ada.asks({ action: 'pause' });
      const { resume } = OperationsStore.prototype;
      const twice = vi
        .spyOn(OperationsStore.prototype, 'resume')
        .mockImplementation(async function (this: OperationsStore, ...args) {
          await resume.apply(this, args);
          return resume.apply(this, args);
        });
      expect(await ada.asks({ action: 'resume' })).toMatch(/runs again/);
      twice.mockRestore();
      expect(await pauseOf()).toBeUndefined();
      expect(await operationsStore(bench).notesOf(job.job, 10)).toHaveLength(2);
    });

    test('who calls themselves breaker can do nothing: that one has rules of its own', async () => {
      const asked = new Person(bench, { by: 'breaker' }).asks({ action: 'pause' });
      await expect(asked).rejects.toThrow(/nobody is called 'breaker'/);
    });

    test('can not resume what runs', async () => {
      await bench.job.deliver(T0);
      await expect(new Person(bench).asks({ action: 'resume' })).rejects.toThrow(/is not paused/);
    });

    test('frees the lock of the dead, whose run is tried again', async () => {
      const { job, time } = bench;
      await job.dies(T0);
      time.advance(5 * MINUTE + 6_000);
      expect(await new Person(bench).asks({ action: 'unlock' })).toMatch(/freed the lock/);
      expect((await job.lock())?.holders).toEqual({});
      expect(await job.row(T0)).toMatchObject({
        status: 'crashed',
        error: { name: 'Unlocked', message: 'its lock was taken away by ada' },
        retryAt: expect.any(String),
      });
      expect(job.closed).toHaveLength(1);
      expect((await job.deliverPlanned()).status).toBe('succeeded');
    });

    test('does not free the lock of the living', async () => {
      const { job } = bench;
      const run = await job.begins(T0);
      const asked = new Person(bench).asks({ action: 'unlock' });
      await expect(asked).rejects.toThrow(/is running, and its lease ends at 2026-03-01T00:05:05/);
      run.finish();
      expect((await run.outcome).status).toBe('succeeded');
    });

    test('unless by force: its row says so, and its late success does not', async () => {
      const { job } = bench;
      const run = await job.begins(T0);
      await new Person(bench).asks({ action: 'unlock', force: true });
      run.finish();
      await run.outcome;
      expect(await job.row(T0)).toMatchObject({ status: 'crashed', error: { name: 'Unlocked' } });
    });

    test('whose lock is freed and whose next attempt can not be planned: it is done, and written down', async () => {
      const { job, time, dispatches } = bench;
      await job.dies(T0);
      time.advance(20 * MINUTE);
      dispatches.isAway = true;
      expect(await new Person(bench).asks({ action: 'unlock' })).toMatch(
        /freed .*; what follows comes with the next sweep/,
      );
      expect(await job.row(T0)).toHaveProperty('retryAt');
      expect(await operationsStore(bench).notesOf(job.job, 10)).toMatchObject([{ what: 'unlock' }]);
    });

    test('can not free what nobody holds', async () => {
      await expect(new Person(bench).asks({ action: 'unlock' })).rejects.toThrow(/nobody holds/);
    });

    test('leaves a row and a line of each action, and none of what was refused', async () => {
      const { job, time } = bench;
      const ada = new Person(bench, { requestId: 'r-1' });
      await ada.asks({ action: 'pause' });
      time.advance(MINUTE);
      await expect(ada.asks({ action: 'pause' })).rejects.toThrow(Refused);
      await ada.asks({ action: 'resume' });
      const store = operationsStore(bench);
      expect(await store.notesOf(job.job, 10)).toMatchObject([
        { what: 'resume', at: '2026-03-01T00:01:00.000Z' },
        {
          what: 'pause',
          job: job.job,
          by: 'ada',
          via: 'cli',
          why: 'an audit',
          at: '2026-03-01T00:00:00.000Z',
          requestId: 'r-1',
          outcome: expect.stringMatching(/is paused/),
        },
      ]);
      expect(ada.lines).toEqual([`action: ${job.job} pause`, `action: ${job.job} resume`]);
    });

    test('asks for a job that there is not: the nearest is named', async () => {
      const { job } = bench;
      const typo = { ...job, job: `${job.job}x` } as typeof job;
      const known = new RegExp(`there is no job '${typo.job}'; perhaps '${job.job}'`);
      const asked = new Person(bench).asks({ action: 'run', ...{ job: typo.job } });
      await expect(asked).rejects.toThrow(known);
    });

    test('a pause outlives the time that an unused lock is kept', async () => {
      const { job, store } = bench;
      await new Person(bench).asks({ action: 'pause' });
      const Key = { lock: { S: job.job } };
      const get = new GetItemCommand({ TableName: 'locks', Key });
      const { Item } = (await store?.client.send(get)) ?? {};
      expect(Item).toBeDefined();
      expect(Item).not.toHaveProperty('expiresAt');
    });
  },
  ENGINES,
);
