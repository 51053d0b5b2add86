import { describe, expect, test } from 'vitest';
import { BadEvent, parseDelivery } from '../../../core/run/delivery.ts';
import { manualTick, tickOf } from '../../../core/run/tick.ts';

const EVENT = { job: 'report', scheduledTime: '2026-03-01T09:00:41Z', executionId: 'e-1' };

test('a delivery has its tick cut to the minute', () => {
  expect(parseDelivery(EVENT, 'report')).toEqual({
    job: 'report',
    tick: '2026-03-01T09:00Z',
    trigger: 'schedule',
    attempt: 1,
    payload: undefined,
    executionId: 'e-1',
  });
});

test('a time in another zone names the same tick', () => {
  expect(tickOf('2026-03-01T10:00:00+01:00')).toBe('2026-03-01T09:00Z');
});

describe('a run that a person asks for', () => {
  const asked = { ...EVENT, trigger: 'manual' };
  test("keeps its seconds: cut off, it would be a duplicate of the schedule's", () => {
    expect(parseDelivery(asked, 'report').tick).toBe('2026-03-01T09:00:41Z');
    expect(parseDelivery({ ...asked, trigger: 'retry' }, 'report').tick).toBe(
      '2026-03-01T09:00:41Z',
    );
  });

  test('of a tick of the schedule has its very key', () => {
    const scheduledTime = '2026-03-01T10:00:00+01:00';
    expect(parseDelivery({ ...asked, scheduledTime }, 'report').tick).toBe('2026-03-01T09:00Z');
  });

  test.each([
    ['2026-03-01T09:00:41.999Z', '2026-03-01T09:00:41Z'],
    ['2026-03-01T09:00:00.500Z', '2026-03-01T09:00:01Z'],
    ['2026-03-01T09:00:59Z', '2026-03-01T09:00:59Z'],
  ])('at %s never has a tick of a schedule', (now, tick) => {
    expect(manualTick(Date.parse(now))).toBe(tick);
  });
});

describe('refused', () => {
  test.each([
    ['not an object', 'report', /not an object/],
    ['a list', [EVENT], /not an object/],
    ['no job', { scheduledTime: EVENT.scheduledTime }, /has no job; this function runs 'report'/],
    [
      "another's job",
      { ...EVENT, job: 'other' },
      /is for job 'other', this function runs 'report'/,
    ],
    ['no scheduledTime', { job: 'report' }, /has no scheduledTime; send an ISO 8601 time/],
    ['a time that is none', { ...EVENT, scheduledTime: 'soon' }, /'soon' is no time/],
    ['a month that is none', { ...EVENT, scheduledTime: '2026-13-01T09:00:00Z' }, /is no time/],
    ['a day that is none', { ...EVENT, scheduledTime: '2026-02-31T09:00:00Z' }, /is no time/],
    ['a time without a zone', { ...EVENT, scheduledTime: '2026-03-01T09:00:00' }, /is no time/],
    [
      'an unreplaced placeholder',
      { ...EVENT, scheduledTime: '<aws.scheduler.scheduled-time>' },
      /is no time/,
    ],
    ['an unknown trigger', { ...EVENT, trigger: 'cosmic ray' }, /trigger 'cosmic ray' is unknown/],
    ['attempt 0', { ...EVENT, attempt: 0 }, /attempt '0' is not a whole number from 1/],
  ])('%s', (_, event, message) => {
    expect(() => parseDelivery(event, 'report')).toThrow(BadEvent);
    expect(() => parseDelivery(event, 'report')).toThrow(message);
  });
});
