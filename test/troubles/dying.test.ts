import { beforeAll, expect, test } from 'vitest';
import { play, type Seen, timeAt } from './play.ts';

let seen: Seen;

// The sweeper's first sweep would be at 00:04: whatever is closed here, it was not.
beforeAll(async () => {
  seen = await play({ part: 'dying', to: timeAt('00:03') });
});

const ENDS = {
  exits: {
    status: 'crashed',
    error: { name: 'Runtime.ExitError', message: expect.stringContaining('exit status 3') },
  },
  devours: {
    status: 'crashed',
    error: {
      name: 'Runtime.ExitError',
      message: expect.stringMatching(/signal: (killed|aborted)$/),
    },
  },
  'heeds-its-signal': { status: 'timed_out', error: { name: 'TimeoutError' } },
  'ignores-its-signal': { status: 'timed_out', error: { name: 'TimeoutError' } },
  'blocks-its-process': { status: 'timed_out', error: { name: 'Sandbox.Timedout' } },
  broken: { status: 'crashed', error: { name: 'Error', message: 'a setting is missing' } },
};

test.each(Object.entries(ENDS))(
  '%s: its row says how it ended, within a minute of its death',
  (job, end) => {
    const rows = seen.rows.filter((row) => row.job === job);
    expect(rows).toEqual([expect.objectContaining({ attempt: 1, tick: '2026-03-01T00:01Z' })]);
    expect(rows).toMatchObject([end]);
    const [report] = seen.reports.filter((told) => told.job === job);
    if (!report) throw new Error(`nothing was told of ${job}`);
    const death = report.time + report.durationMs;
    expect(Math.abs(Date.parse(rows[0]?.finishedAt ?? '') - death)).toBeLessThan(60_000);
  },
);

test.each(Object.keys(ENDS))('%s: its lock is free, and it has failed once', (job) => {
  const lock = seen.locks.find((one) => one.lock === job);
  expect(lock?.holders).toEqual({});
  expect(lock?.fences).toEqual({});
  expect(lock?.failures).toEqual({ [job]: 1 });
});

test.each(['exits', 'devours', 'ignores-its-signal', 'blocks-its-process', 'broken'])(
  '%s: the finalizer heard of it once',
  (job) => {
    const heard = seen.lines.filter(
      (line) =>
        line.log === 'punctual-finalizer' && line.job === job && /^delivery /.test(line.message),
    );
    expect(heard).toHaveLength(1);
  },
);

test('what was killed at its timeout had its lock until then', () => {
  const told = seen.reports.find(({ job }) => job === 'ignores-its-signal');
  expect(told?.text).toBe('Sandbox.Timedout: Task timed out after 5.00 seconds');
});

test('what dies is tried again by the list, as what fails', () => {
  const [row] = seen.rows.filter(({ job }) => job === 'exits-once');
  expect(row).toMatchObject({
    status: 'succeeded',
    attempt: 2,
    trigger: 'retry',
    earlier: [{ attempt: 1, status: 'crashed', error: { name: 'Runtime.ExitError' } }],
  });
  const made = seen.schedulesMade.filter((name) => name.endsWith('_exits-once'));
  expect(made).toEqual(['retry_2_20260301T0001Z_exits-once']);
});

test('nothing is left over, and no sweep was needed', () => {
  expect(seen.left).toEqual({ schedules: 0, messages: 0, poison: 0 });
  expect(seen.lines.filter(({ log }) => log === 'punctual-sweeper')).toEqual([]);
});
