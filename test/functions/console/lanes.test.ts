import { expect, test } from 'vitest';
import { laneOf, type Span } from '../../../functions/console/lanes.ts';
import { lastDay, thisHour, timeline } from '../../../functions/console/timeline.ts';
import { FRAMES, HOUR, MINUTE, NOW, runAt, unrun, viewOf } from './samples.ts';

const [, [, PAGE]] = FRAMES as [(typeof FRAMES)[0], (typeof FRAMES)[0]];
const DAY: Span = { from: NOW - 24 * HOUR, to: NOW };
const CLOSE = 0.012;
const HALF = Date.parse('2026-03-01T00:34:20Z');

test('each attempt is a bar, as long as it took', () => {
  const earlier = [
    {
      attempt: 1,
      status: 'failed' as const,
      startedAt: new Date(NOW - 3 * HOUR).toISOString(),
      finishedAt: new Date(NOW - 3 * HOUR + MINUTE).toISOString(),
    },
  ];
  const lane = laneOf(viewOf([runAt(2 * HOUR, { attempt: 2, earlier })]), DAY, NOW, CLOSE);
  expect(lane.bars).toEqual([
    { from: NOW - 3 * HOUR, to: NOW - 3 * HOUR + MINUTE, look: 'failed', row: 0 },
    { from: NOW - 2 * HOUR, to: NOW - 2 * HOUR + 2_000, look: 'succeeded', row: 0 },
  ]);
  // From the end of the one to the start of the other.
  expect(lane.waits).toContainEqual({
    kind: 'retry',
    from: NOW - 3 * HOUR + MINUTE,
    to: NOW - 2 * HOUR,
  });
});

test('attempts that live at once are beside each other, and the next has the first row again', () => {
  const long = { finishedAt: new Date(NOW - HOUR).toISOString() };
  const lane = laneOf(
    viewOf([runAt(HOUR / 2), runAt(2 * HOUR), runAt(3 * HOUR, long)]),
    DAY,
    NOW,
    CLOSE,
  );
  expect(lane.bars.map(({ row }) => row)).toEqual([0, 1, 0]);
  expect(lane.rows).toBe(2);
});

test('what was not run has a sign at its tick; those that stand close are one', () => {
  const missed = [1, 2, 3, 200].map((minutes) => unrun(minutes * MINUTE, { status: 'missed' }));
  const skipped = unrun(2 * MINUTE, { status: 'skipped', reason: 'paused' });
  const { bars, signs } = laneOf(viewOf([...missed, skipped]), DAY, NOW, CLOSE);
  expect(bars).toEqual([]);
  expect(signs.map(({ look, count }) => [look, count])).toEqual([
    ['missed', 1],
    ['missed', 3],
    ['skipped', 1],
  ]);
  expect(signs[1]).toMatchObject({
    from: Date.parse('2026-03-01T12:31Z'),
    to: Date.parse('2026-03-01T12:33Z'),
  });
});

test('a late start and a promised attempt are waits; a delay nobody can see is none', () => {
  const late = runAt(2 * HOUR, { tick: '2026-03-01T09:34Z' });
  const retryAt = new Date(NOW + 5 * MINUTE).toISOString();
  const failed = runAt(MINUTE, { status: 'failed', retryAt });
  const { waits } = laneOf(viewOf([failed, late]), { from: DAY.from, to: NOW + HOUR }, NOW, CLOSE);
  expect(waits).toEqual([
    { kind: 'retry', from: NOW - MINUTE + 2_000, to: NOW + 5 * MINUTE },
    { kind: 'late', from: Date.parse('2026-03-01T09:34Z'), to: NOW - 2 * HOUR },
  ]);
});

test('what runs goes on to now, what died ends with its lease', () => {
  const holder = {
    job: 'report', tick: '2026-03-01T12:20Z', token: 't', attempt: 1, trigger: 'schedule' as const,
    startedAt: '2026-03-01T12:20:00.000Z', leaseExpiresAt: NOW - 5 * MINUTE, requestId: 'r', instanceId: 'i',
  }; // biome-ignore format: one line reads better
  const held = { holderKey: 'report', holder, fence: 1 };
  const live = laneOf(viewOf([], { holders: [{ ...held, isDead: false }] }), DAY, NOW, CLOSE);
  expect(live.bars).toMatchObject([{ look: 'running', to: NOW }]);
  const dead = laneOf(viewOf([], { holders: [{ ...held, isDead: true }] }), DAY, NOW, CLOSE);
  expect(dead.bars).toMatchObject([{ look: 'crashed', to: NOW - 5 * MINUTE }]);
});

test('the hour shows the ticks to come, the day none; what is off has none', () => {
  const { span } = thisHour(NOW);
  const coming = laneOf(viewOf(), span, NOW, CLOSE).signs.map(({ look, from }) => [look, from]);
  expect(coming).toEqual([['next', Date.parse('2026-03-01T12:40Z')]]);
  expect(laneOf(viewOf(), lastDay(NOW).span, NOW, CLOSE).signs).toEqual([]);
  const off = viewOf();
  off.job.enabled = false;
  expect(laneOf(off, span, NOW, CLOSE).signs).toEqual([]);
});

test('half a day ago is in the middle of the picture', () => {
  const { span, grid } = lastDay(NOW);
  const startedAt = new Date(HALF).toISOString();
  const finishedAt = new Date(HALF + 6 * HOUR).toISOString();
  const run = runAt(0, { tick: '2026-03-01T00:34Z', startedAt, finishedAt });
  const missed = unrun(0, { tick: '2026-03-01T06:34Z', status: 'missed', reason: 'not_delivered' });
  const { text } = timeline([viewOf([missed, run])], span, grid, NOW, PAGE);
  expect(text).toContain('d="M1000 7h500v8h-500z"');
  expect(text).toMatch(/<svg class="pq-sign" x="7[45]\.\d\d%"/);
  expect(text).toContain('<title>missed: not_delivered, 06:34</title>');
  // A line an hour.
  expect(text.match(/<line class="pq-(grid|hour)"/g)).toHaveLength(24);
});
