import { describe, expect, test } from 'vitest';
import { runAttempt } from '../../../core/run/attempt.ts';
import { SkipTick } from '../../../core/run/intent.ts';
import { ManualTime } from '../../support/manual-timers.ts';

const time = () => new ManualTime('2026-03-01T00:00Z');

describe('an attempt', () => {
  test('that returns has succeeded', async () => {
    expect(await runAttempt(async () => ({ warned: 2 }), 60_000, time())).toEqual({
      status: 'succeeded',
      output: { warned: 2 },
    });
  });

  test('that throws has failed, whatever it throws', async () => {
    const failing = (thrown: unknown) => runAttempt(() => Promise.reject(thrown), 60_000, time());
    const tooFar = new RangeError('too far');
    expect(await failing(tooFar)).toEqual({
      status: 'failed',
      error: { name: 'RangeError', message: 'too far' },
      thrown: tooFar,
    });
    expect(await failing('words')).toEqual({
      status: 'failed',
      error: { name: 'Error', message: 'thrown: words' },
      thrown: 'words',
    });
    expect(await failing(undefined)).toMatchObject({ status: 'failed' });
  });

  test.each([
    ['has no text', Object.create(null)],
    [
      'refuses to be text',
      {
        toString() {
          throw new Error('no');
        },
      },
    ],
    ['is an error with an odd name', Object.assign(new Error('odd'), { name: Symbol('odd') })],
  ])('that throws what %s has failed as well', async (_, thrown) => {
    const ending = await runAttempt(() => Promise.reject(thrown), 60_000, time());
    expect(ending).toMatchObject({ status: 'failed', error: { name: expect.any(String) } });
  });

  test.each([1_000, 55_000])(
    'that says that there is nothing to do has skipped, %i ms after its start, after the signal too',
    async (ms) => {
      const now = time();
      const ending = runAttempt(
        async () => {
          await null; // its timers are armed once it waits for something
          now.advance(ms);
          throw new SkipTick('no invoices');
        },
        60_000,
        now,
      );
      expect(await ending).toEqual({
        status: 'skipped',
        error: { name: 'SkipTick', message: 'no invoices' },
      });
    },
  );

  test('that throws before its first await has failed too', async () => {
    const ending = await runAttempt(
      () => {
        throw new TypeError('at once');
      },
      60_000,
      time(),
    );
    const error = { name: 'TypeError', message: 'at once' };
    expect(ending).toMatchObject({ status: 'failed', error });
  });

  test('hears the signal a tenth of its time before the deadline, and not sooner', async () => {
    const now = time();
    let heard: number | undefined;
    const ending = runAttempt(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            heard = now.clock();
            resolve('part of it');
          });
        }),
      60_000,
      now,
    );
    now.advance(53_999);
    expect(heard).toBeUndefined();
    now.advance(1);
    expect(heard).toBe(Date.parse('2026-03-01T00:00:54Z'));
    expect(await ending).toEqual({ status: 'succeeded', output: 'part of it' });
  });

  test('that throws at the signal has timed out', async () => {
    const now = time();
    const ending = runAttempt(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      60_000,
      now,
    );
    now.advance(54_000);
    expect(await ending).toMatchObject({
      status: 'timed_out',
      error: { name: 'TimeoutError', message: 'not done within 60.0 seconds' },
    });
  });

  test('that ignores the signal is given up before the deadline, and may still end', async () => {
    const now = time();
    let end = () => {};
    const code = () =>
      new Promise<void>((resolve) => {
        end = resolve;
      });
    const running = runAttempt(code, 60_000, now);
    now.advance(57_000);
    const ending = await running;
    if (ending.status !== 'timed_out') throw new Error(`it ${ending.status}`);
    let settled = false;
    ending.settled.then(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    end();
    await ending.settled;
  });

  test('with 15 minutes keeps ten seconds for stopping, not a tenth', async () => {
    const now = time();
    const ending = runAttempt(
      (signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(now.clock()))),
      900_000,
      now,
    );
    now.advance(890_000);
    expect(await ending).toEqual({
      status: 'succeeded',
      output: Date.parse('2026-03-01T00:14:50Z'),
    });
  });
});
