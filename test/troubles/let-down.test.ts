import { beforeAll, describe, expect, test } from 'vitest';
import { alertsOf } from './lines.ts';
import { play, type Seen, timeAt } from './play.ts';

const LOST = '2026-03-01T00:13Z';
/** While the store is away from everybody, and later only the rows of one job. */
const AWAY = { from: timeAt('00:30'), to: timeAt('00:32') };
const ROWS_AWAY = { from: timeAt('00:40'), to: timeAt('00:42') };

let seen: Seen;
const rowsOf = (job: string) => seen.rows.filter((row) => row.job === job);

beforeAll(async () => {
  seen = await play({
    part: 'letDown',
    to: timeAt('01:30'),
    undeliverable: (job, tick) => job === 'undelivered' && tick === LOST,
    storeAway: (now, { job }) =>
      (AWAY.from <= now && now < AWAY.to) ||
      (ROWS_AWAY.from <= now && now < ROWS_AWAY.to && job === 'unrecorded'),
    events: [
      {
        at: timeAt('00:12'),
        // At the same moment as a job dies: both are in one batch of the queue.
        does: ({ invoke }) => invoke('lost', { what: 'no delivery' }, 'Event'),
      },
    ],
  });
});

test('what EventBridge could not deliver is missed, and its row says why', () => {
  const ends = rowsOf('undelivered').map(({ tick, status }) => `${tick.slice(11)} ${status}`);
  expect(ends).toEqual([
    '00:10Z succeeded',
    '00:13Z missed',
    '00:16Z succeeded',
    '00:19Z succeeded',
  ]);
  const row = rowsOf('undelivered').find(({ tick }) => tick === LOST);
  expect(row).toMatchObject({
    reason: 'not_delivered',
    attempt: 0,
    error: { name: 'AWS.Lambda.ThrottlingException', message: 'Rate Exceeded.' },
  });
  // EventBridge tried for as long as the job would have taken it.
  expect(row?.finishedAt.slice(11, 16)).toBe('00:18');
  expect(alertsOf(seen.lines, 'undelivered')).toEqual(['missed 00:13Z']);
});

describe('an event that is no delivery', () => {
  test('ends in the dead letters, after the finalizer has tried for an hour', () => {
    expect(seen.left).toEqual({ schedules: 0, messages: 0, poison: 1 });
    const tried = seen.lines.filter(
      ({ log, message, kind }) =>
        log === 'punctual-finalizer' && message === 'failure not closed' && kind === 'BadEvent',
    );
    expect(tried).toHaveLength(20);
  });

  test('and people are told of it', () => {
    expect(alertsOf(seen.lines, 'lost', 'dead_letter')).toEqual(['dead_letter']);
    const told = seen.alerts.filter(({ attributes }) => attributes.kind === 'dead_letter');
    expect(told.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^\[[\w-]+\] lost has a dead letter$/),
    ]);
  });

  test('does not keep what came with it from being closed', () => {
    const [row] = rowsOf('lost');
    expect(row).toMatchObject({ status: 'crashed', tick: '2026-03-01T00:12Z', attempt: 1 });
    expect(Date.parse(row?.finishedAt ?? '')).toBeLessThan(timeAt('00:13'));
  });
});

describe('a store that is away', () => {
  test('no code runs, and the tick is tried again', () => {
    expect(rowsOf('retried-without-store')).toMatchObject([
      {
        status: 'succeeded',
        attempt: 2,
        trigger: 'retry',
        earlier: [{ attempt: 1, status: 'missed', reason: 'store_unavailable' }],
      },
    ]);
    const ran = seen.notes.filter(
      ({ job, what }) => job === 'retried-without-store' && what === 'started',
    );
    expect(ran.map(({ attempt }) => attempt)).toEqual([2]);
  });

  test('or ends as missed, where it is not to be tried again', () => {
    expect(rowsOf('given-up-without-store')).toMatchObject([
      { status: 'missed', reason: 'store_unavailable', error: { name: 'StoreError' } },
    ]);
    expect(alertsOf(seen.lines, 'given-up-without-store')).toEqual(['missed 00:30Z']);
    expect(seen.notes.filter(({ job }) => job === 'given-up-without-store')).toEqual([]);
  });

  test('is one line a try and no stack trace', () => {
    const [line] = seen.lines.filter(
      ({ log, message }) =>
        log === 'given-up-without-store' && message === 'did not run: store trouble',
    );
    expect(line).toMatchObject({ level: 'ERROR', reason: 'unavailable' });
    const tries = seen.lines.filter(
      ({ log, message }) => log === 'given-up-without-store' && message === 'store try failed',
    );
    expect(tries).toHaveLength(5);
  });

  test('when its code had run already, the row says crashed, and it is tried again', () => {
    expect(rowsOf('unrecorded')).toMatchObject([
      {
        status: 'succeeded',
        attempt: 2,
        earlier: [{ attempt: 1, status: 'crashed', error: { name: 'StoreError' } }],
      },
    ]);
  });
});

test('nobody holds a lock', () => {
  expect(seen.locks.flatMap(({ holders }) => Object.keys(holders))).toEqual([]);
});
