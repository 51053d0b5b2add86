import { describe, expect, test } from 'vitest';
import type { Holder, Lock } from '../../../core/ledger/ledger.ts';
import { queueKey, type Waiting } from '../../../core/ledger/waiting.ts';
import { goesBefore, nextInLine, placeOf, turnOf } from '../../../core/run/queue.ts';

const TICK = '2026-03-01T00:00Z';
const NOW = Date.parse(TICK);

const place = (job: string, more: Partial<Waiting> = {}): Waiting => ({
  job,
  tick: TICK,
  attempt: 1,
  trigger: 'schedule',
  priority: 0,
  concurrency: 1,
  since: NOW,
  ...more,
});

const holder = (job: string, leaseExpiresAt = NOW + 1): Holder => ({
  job,
  tick: TICK,
  token: `token-${job}`,
  attempt: 1,
  trigger: 'schedule',
  startedAt: TICK,
  leaseExpiresAt,
  requestId: 'r1',
  instanceId: 'i1',
});

const lockWith = (waiting: Waiting[], holders: Holder[] = []): Lock => ({
  lock: 'group:database',
  fence: 1,
  holders: Object.fromEntries(holders.map((holder) => [holder.token, holder])),
  fences: {},
  watermarks: {},
  last: {},
  paused: {},
  failures: {},
  waiting: Object.fromEntries(waiting.map((place) => [queueKey(place), place])),
});

const jobs = (places: Waiting[]) => places.map(({ job }) => job);

test('a place is found by job and tick, in the queue or in the backlog', () => {
  const backlog = place('a', { trigger: 'catch-up', tick: '2026-02-28T00:00Z', rest: [] });
  const lock = lockWith([place('a'), backlog, place('b')]);
  expect(placeOf(lock, 'a', TICK)).toEqual(place('a'));
  expect(placeOf(lock, 'a', '2026-02-28T00:00Z')).toEqual(backlog);
  expect(placeOf(lock, 'a', '2026-02-27T00:00Z')).toBeUndefined();
  expect(placeOf(lock, 'c', TICK)).toBeUndefined();
});

describe('whose turn it is', () => {
  const later = (job: string, more: Partial<Waiting> = {}) =>
    place(job, { since: NOW + 1, ...more });

  test('by priority, then by who came first, a backlog last', () => {
    const waiting = [
      place('backlog', { trigger: 'catch-up', priority: 9 }),
      later('second'),
      place('first'),
      later('urgent', { priority: 1 }),
      place('last', { priority: -1 }),
    ];
    expect(jobs(nextInLine(lockWith(waiting), 9, NOW))).toEqual([
      'urgent',
      'first',
      'second',
      'last',
      'backlog',
    ]);
  });

  test('as many as there is room for beside the living', () => {
    const lock = lockWith([place('a'), later('b')], [holder('x'), holder('dead', NOW)]);
    expect(jobs(nextInLine(lock, 3, NOW))).toEqual(['a', 'b']);
    expect(jobs(nextInLine(lock, 2, NOW))).toEqual(['a']);
    expect(jobs(nextInLine(lock, 1, NOW))).toEqual([]);
    expect(jobs(nextInLine(lockWith([place('a')], [holder('x'), holder('y')]), 1, NOW))).toEqual(
      [],
    );
  });

  test('not of a job that is at its own concurrency', () => {
    const lock = lockWith([place('a'), later('b')], [holder('a')]);
    expect(jobs(nextInLine(lock, 2, NOW))).toEqual(['b']);
    const two = lockWith([place('a', { concurrency: 2 })], [holder('a')]);
    expect(jobs(nextInLine(two, 2, NOW))).toEqual(['a']);
  });
});

describe('who goes before a job that finds room', () => {
  const limits = { room: 1, priority: 0 };
  const ahead = (waiting: Waiting[], more = {}, live: Holder[] = []) =>
    goesBefore(lockWith(waiting), 'me', { ...limits, ...more }, live)?.job;

  test('whoever waits with its priority or a higher one', () => {
    expect(ahead([])).toBeUndefined();
    expect(ahead([place('a')])).toBe('a');
    expect(ahead([place('a', { priority: 1 })])).toBe('a');
    expect(ahead([place('a', { priority: -1 })])).toBeUndefined();
    expect(ahead([place('a')], { priority: 1 })).toBeUndefined();
  });

  test('but not a backlog, nor who came after it, nor itself', () => {
    expect(ahead([place('a', { trigger: 'catch-up' })])).toBeUndefined();
    expect(ahead([place('me'), place('a', { since: NOW + 1 })])).toBeUndefined();
    expect(ahead([place('me'), place('a', { since: NOW - 1 })])).toBe('a');
    expect(ahead([place('me')])).toBeUndefined();
  });

  test('as far as they take all the room', () => {
    const two = [place('a'), place('b', { since: NOW + 1 })];
    expect(ahead(two, { room: 3 })).toBeUndefined();
    expect(ahead(two, { room: 2 })).toBe('b');
    expect(ahead(two, { room: 3 }, [holder('x')])).toBe('b');
    expect(ahead(two, { room: 1 })).toBe('a');
  });

  test('not a job that could not run now', () => {
    expect(ahead([place('a')], { room: 2 }, [holder('a')])).toBeUndefined();
  });
});

test('the delivery of a turn says since when it waited, with its payload', () => {
  const turn = { job: 'a', scheduledTime: TICK, trigger: 'schedule', attempt: 1 };
  const waitingSince = '2026-03-01T00:00:00.000Z';
  expect(turnOf(place('a'))).toEqual({ ...turn, waitingSince });
  expect(turnOf(place('a', { payload: '{"daysAhead":30}' }))).toEqual({
    ...turn,
    waitingSince,
    payload: { daysAhead: 30 },
  });
});
