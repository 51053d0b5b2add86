import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { HandMadeTime } from './hand-made-time.ts';

const START = Date.parse('2026-03-01T00:00Z');
const MINUTE = 60_000;

function clockAt(speed: number) {
  const real = new HandMadeTime();
  const clock = new Clock(START, speed, real);
  const seen: number[] = [];
  const note = () => seen.push(clock.now() - START);
  return { real, clock, seen, note };
}

describe('with nothing held', () => {
  test('simulated time passes speed times faster', () => {
    const { real, clock, seen, note } = clockAt(60);
    clock.at(START + MINUTE, note);
    clock.start();
    real.pass(999);
    expect(seen).toEqual([]);
    real.pass(1);
    expect(seen).toEqual([MINUTE]);
  });

  test('at Infinity every event happens without any real time, at its own simulated time', () => {
    const { real, clock, seen, note } = clockAt(Number.POSITIVE_INFINITY);
    for (const minutes of [5, 1, 3, 1]) clock.at(START + minutes * MINUTE, note);
    clock.start();
    real.pass(0);
    expect(seen).toEqual([1, 1, 3, 5].map((minutes) => minutes * MINUTE));
  });

  test('an event that a busy machine fires late still happens at its own simulated time', () => {
    const { real, clock, seen, note } = clockAt(3_600);
    clock.at(START + MINUTE, () => {
      note();
      clock.hold();
      note();
    });
    clock.start();
    real.beBusy(10_000); // ten simulated hours
    expect(clock.now()).toBe(START + MINUTE);
    real.pass(0);
    expect(seen).toEqual([MINUTE, MINUTE]);
  });

  test('it stands still until it is started and after it was stopped', () => {
    const { real, clock, seen, note } = clockAt(60);
    clock.at(START + MINUTE, note);
    real.pass(10_000);
    expect(clock.now()).toBe(START);
    clock.start();
    real.pass(500);
    clock.stop();
    real.pass(10_000);
    expect(clock.now() - START).toBe(30_000);
    expect(seen).toEqual([]);
  });
});

describe.each([0.5, 1, 60, Number.POSITIVE_INFINITY])(
  'while something is held, at speed %d',
  (speed) => {
    test('simulated time passes as real time does, and events still happen', () => {
      const { real, clock, seen, note } = clockAt(speed);
      clock.start();
      const release = clock.hold();
      clock.at(START + 300, note);
      clock.at(START + 900, note);
      real.pass(400);
      expect(clock.now() - START).toBe(400);
      expect(seen).toEqual([300]);
      release();
    });

    test('the offset to real time is constant', () => {
      const { real, clock } = clockAt(speed);
      clock.start();
      const release = clock.hold();
      const before = clock.offset();
      real.pass(123);
      const other = clock.hold();
      clock.at(clock.now() + 50, () => {});
      real.pass(77);
      other();
      expect(clock.offset()).toBe(before);
      expect(clock.now()).toBe(real.now() + before);
      release();
    });
  },
);

test('the clock jumps only once the last holder has let go', () => {
  const { real, clock, seen, note } = clockAt(Number.POSITIVE_INFINITY);
  clock.start();
  const releases = [clock.hold(), clock.hold()];
  clock.at(START + 10 * MINUTE, note);
  releases[0]?.();
  releases[0]?.(); // letting go twice does not take away the other's hold
  real.pass(1_000);
  expect(seen).toEqual([]);
  releases[1]?.();
  real.pass(0);
  expect(seen).toEqual([10 * MINUTE]);
});

test('an event that is called off does not happen, one that is overdue happens at once', () => {
  const { real, clock, seen, note } = clockAt(1);
  const cancel = clock.at(START + 100, note);
  clock.at(START - MINUTE, note);
  clock.start();
  cancel();
  real.pass(1_000);
  expect(seen).toEqual([0]);
});

test('an event that holds the clock does not delay the others of its moment', () => {
  const { real, clock, seen, note } = clockAt(Number.POSITIVE_INFINITY);
  let release = () => {};
  clock.at(START + MINUTE, () => {
    release = clock.hold();
  });
  clock.at(START + MINUTE, note);
  clock.at(START + 2 * MINUTE, note);
  clock.start();
  real.pass(250);
  expect(seen).toEqual([MINUTE]);
  release();
  real.pass(0);
  expect(seen).toEqual([MINUTE, 2 * MINUTE]);
});

describe('waiting', () => {
  test('ends with true after the simulated time', async () => {
    const { real, clock } = clockAt(60);
    clock.start();
    const waited = clock.wait(MINUTE, new AbortController().signal);
    real.pass(1_000);
    expect(await waited).toBe(true);
  });

  test('ends with false as soon as it is aborted, before or meanwhile', async () => {
    const { clock } = clockAt(60);
    const abort = new AbortController();
    const waited = clock.wait(MINUTE, abort.signal);
    abort.abort();
    expect(await waited).toBe(false);
    expect(await clock.wait(MINUTE, abort.signal)).toBe(false);
  });
});

test('any set of events happens in order of time, and each but the cancelled once', () => {
  const event = fc.record({ after: fc.nat(1_000), cancelled: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const { real, clock } = clockAt(Number.POSITIVE_INFINITY);
      const happened: Array<{ after: number; order: number }> = [];
      const cancels = events.map(({ after }, order) =>
        clock.at(START + after, () => happened.push({ after, order })),
      );
      events.forEach(({ cancelled }, i) => {
        if (cancelled) cancels[i]?.();
      });
      clock.start();
      real.pass(0);
      const expected = events
        .map(({ after }, order) => ({ after, order }))
        .filter(({ order }) => !events[order]?.cancelled)
        .sort((a, b) => a.after - b.after || a.order - b.order);
      expect(happened).toEqual(expected);
    }),
  );
});
