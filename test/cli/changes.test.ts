import { expect, test } from 'vitest';
import { Changes } from '../../cli/watch/changes.ts';
import type { JobView, Overview } from '../../core/operations/overview.ts';

const NOW = Date.parse('2026-03-01T09:00:30Z');

function overview(more: object): Overview {
  const view = { job: { name: 'report' }, runs: [], holders: [], ...more } as unknown as JobView;
  return { now: NOW, jobs: [view], attention: [], notes: [] };
}

const failed = {
  job: 'report',
  tick: '2026-03-01T09:00Z',
  attempt: 1,
  status: 'failed',
  startedAt: '2026-03-01T09:00:00.100Z',
  finishedAt: '2026-03-01T09:00:01.100Z',
  error: { name: 'Error', message: 'no' },
  retryAt: '2026-03-01T09:01:01.100Z',
};
const holder = {
  tick: failed.tick,
  attempt: 2,
  startedAt: '2026-03-01T09:01:02.000Z',
  token: 'token-2',
};
const paused = { by: 'ada', why: 'audit', since: '2026-03-01T09:04:00.000Z' };

test('what was there at the first look is no change', () => {
  const changes = new Changes();
  expect(changes.since(overview({ runs: [failed], paused }))).toEqual([]);
  expect(changes.since(overview({ runs: [failed], paused }))).toEqual([]);
});

test('each attempt starts and ends once, whichever row it has', () => {
  const changes = new Changes();
  changes.since(overview({}));
  expect(changes.since(overview({ runs: [failed], holders: [{ holder }] }))).toEqual([
    {
      what: 'ended',
      job: 'report',
      at: failed.finishedAt,
      tick: failed.tick,
      attempt: 1,
      status: 'failed',
      startedAt: failed.startedAt,
      why: 'Error: no',
      retryAt: failed.retryAt,
    },
    { what: 'started', job: 'report', at: holder.startedAt, tick: failed.tick, attempt: 2 },
  ]);
  const { retryAt: _, error: __, ...rest } = failed;
  const succeeded = {
    ...rest,
    attempt: 2,
    status: 'succeeded',
    finishedAt: '2026-03-01T09:01:03Z',
  };
  const seen = changes.since(overview({ runs: [succeeded] }));
  expect(seen).toMatchObject([{ what: 'ended', attempt: 2, status: 'succeeded' }]);
});

test('a pause begins and ends', () => {
  const changes = new Changes();
  changes.since(overview({}));
  expect(changes.since(overview({ paused }))).toEqual([
    { what: 'paused', job: 'report', at: paused.since, why: 'by ada: audit' },
  ]);
  expect(changes.since(overview({}))).toEqual([
    { what: 'resumed', job: 'report', at: new Date(NOW).toISOString() },
  ]);
});

test('an end that an earlier look did not show is no news later: which old runs are seen varies', () => {
  const changes = new Changes();
  const at = (minutes: number, more: object) => ({
    ...overview(more),
    now: NOW + minutes * 60_000,
  });
  changes.since(at(0, {}));
  changes.since(at(60, {}));
  const later = { ...failed, tick: '2026-03-01T10:00Z', finishedAt: '2026-03-01T10:00:40.000Z' };
  expect(changes.since(at(61, { runs: [failed, later] }))).toMatchObject([
    { at: later.finishedAt },
  ]);
});
