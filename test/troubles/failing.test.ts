import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Run } from '../../core/run/states.ts';
import { alertsOf } from './lines.ts';
import { play, type Seen, timeAt } from './play.ts';

const MENDED = timeAt('03:20');
const END = timeAt('04:30');

let seen: Seen;
const rowsOf = (job: string) => seen.rows.filter((row) => row.job === job);
/** `00:10 skipped: paused`. */
const endOf = ({ tick, status, reason }: Run) =>
  `${tick.slice(11, 16)} ${reason ? `${status}: ${reason}` : status}`;
/** Minutes of simulated time, to the half; a process that starts takes seconds of it. */
const minutes = (from: string, to = '') =>
  Math.round((Date.parse(to) - Date.parse(from)) / 30_000) / 2;

beforeAll(async () => {
  seen = await play({
    part: 'failing',
    to: END,
    events: [{ at: MENDED, does: ({ folder }) => writeFileSync(join(folder, 'mended'), '') }],
  });
});

test('what fails twice and then succeeds is one row with three attempts, at 0, +1 and +6 minutes', () => {
  const [row, ...more] = rowsOf('fails-twice');
  expect(more).toEqual([]);
  expect(row).toMatchObject({ status: 'succeeded', attempt: 3, output: { attempt: 3 } });
  expect(row?.retryAt).toBeUndefined();
  expect(
    row?.earlier?.map(({ attempt, status, error }) => [attempt, status, error?.message]),
  ).toEqual([
    [1, 'failed', 'no luck in attempt 1'],
    [2, 'failed', 'no luck in attempt 2'],
  ]);
  const starts = [...(row?.earlier ?? []), row].map((attempt) => attempt?.startedAt);
  const first = '2026-03-01T00:00:00Z';
  expect(starts.map((start) => minutes(first, start))).toEqual([0, 1, 6]);
  expect(seen.notes.filter(({ job }) => job === 'fails-twice')).toHaveLength(3);
});

test('a retry is one request to the scheduler', () => {
  const made = seen.schedulesMade.filter((name) => name.endsWith('_fails-twice'));
  expect(made).toEqual([
    'retry_2_20260301T0000Z_fails-twice',
    'retry_3_20260301T0000Z_fails-twice',
  ]);
});

test('a success is three requests to the store, the very first run four', () => {
  const asked = seen.asked.filter(
    ({ action, lock, job }) => action !== 'Query' && (lock === 'steady' || job === 'steady'),
  );
  const runs = rowsOf('steady');
  expect(runs.every(({ status }) => status === 'succeeded')).toBe(true);
  expect(runs).toHaveLength(27);
  expect(asked).toHaveLength(3 * runs.length + 1);
});

test('what always fails is retried by its list and pauses itself after its fifth run that failed', () => {
  const rows = rowsOf('needs-a-file').slice(0, 5);
  expect(rows.map(endOf)).toEqual([
    '00:00 failed',
    '00:10 failed',
    '00:20 failed',
    '00:30 failed',
    '00:40 failed',
  ]);
  for (const { tick, attempt, startedAt, earlier = [] } of rows) {
    expect(attempt).toBe(3);
    const starts = [...earlier.map((past) => past.startedAt), startedAt];
    expect(starts.map((start) => minutes(tick, start))).toEqual([0, 1, 6]);
  }
});

test('a paused job has one probe an hour, which is not retried; every other tick is skipped', () => {
  const during = rowsOf('needs-a-file').slice(5, 23).map(endOf);
  expect(during.filter((end) => end.endsWith('skipped: paused'))).toHaveLength(16);
  expect(during.filter((end) => !end.endsWith('skipped: paused'))).toEqual([
    '01:50 failed',
    '02:50 failed',
  ]);
  const made = seen.schedulesMade.filter((name) => name.endsWith('_needs-a-file'));
  expect(made).toHaveLength(5 * 2);
});

test('the success of a probe resumes the job: its next ticks run', () => {
  const after = rowsOf('needs-a-file').slice(23);
  expect(after.map(endOf)).toEqual([
    '03:50 succeeded',
    '04:00 succeeded',
    '04:10 succeeded',
    '04:20 succeeded',
  ]);
});

test('pause and resumption are one alert each, by the sweep that follows', () => {
  expect(alertsOf(seen.lines, 'needs-a-file')).toEqual([
    'failed 00:00Z',
    'failed 00:10Z',
    'failed 00:20Z',
    'failed 00:30Z',
    'failed 00:40Z',
    'paused',
    'failed 01:50Z',
    'failed 02:50Z',
    'resumed',
  ]);
});

test('code that says SkipTick has its tick skipped, which is no failure', () => {
  expect(rowsOf('skips-a-tick')).toMatchObject([
    { status: 'skipped', reason: 'declined', attempt: 1, error: { message: 'a holiday' } },
  ]);
  expect(seen.locks.find(({ lock }) => lock === 'skips-a-tick')?.failures).toEqual({});
  expect(alertsOf(seen.lines, 'skips-a-tick')).toEqual([]);
});

test('code that says DoNotRetry has failed for good', () => {
  const [row] = rowsOf('does-not-retry');
  expect(row).toMatchObject({
    status: 'failed',
    attempt: 1,
    error: { name: 'DoNotRetry', message: 'the customer is gone' },
  });
  expect(row?.retryAt).toBeUndefined();
  expect(alertsOf(seen.lines, 'does-not-retry')).toEqual(['failed 00:02Z']);
});

test('code that says RetryAfter is tried again after that long instead of the list', () => {
  const [row] = rowsOf('retries-after');
  expect(row).toMatchObject({
    status: 'succeeded',
    attempt: 2,
    earlier: [{ attempt: 1, status: 'failed', error: { name: 'RetryAfter' } }],
  });
  expect(minutes(row?.earlier?.[0]?.finishedAt ?? '', row?.startedAt)).toBe(20);
});

test('nothing is left over, and nobody holds a lock', () => {
  expect(seen.left).toEqual({ schedules: 0, messages: 0, poison: 0 });
  expect(seen.locks.flatMap(({ holders }) => Object.keys(holders))).toEqual([]);
});
