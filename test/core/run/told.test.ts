import { describe, expect, test } from 'vitest';
import type { Lock, Pause } from '../../../core/ledger/ledger.ts';
import { levelOf, type Overdue, overdueRuns } from '../../../core/run/overdue.ts';
import { changes, newsIn, type Standing, stillTold, type Told } from '../../../core/run/told.ts';
import { MINUTE } from '../../../core/schedule/duration.ts';

const START = Date.parse('2026-03-01T09:00:00Z');
const TICK = '2026-03-01T09:00Z';
const NOTHING: Told = { paused: {}, overdue: {} };
const STANDING: Standing = { paused: new Map(), over: new Map(), overdue: [] };
const PAUSE: Pause = { by: 'ada', why: 'audit', since: '2026-03-01T09:00:00.000Z' };

const WARNINGS = [
  { level: 'warning', after: 5 * MINUTE },
  { level: 'critical', after: 8 * MINUTE },
] as const;

/** A lock that one run holds. */
const held = (job: string, token: string): Lock => ({
  lock: job,
  fence: 1,
  holders: {
    [job]: {
      job,
      tick: TICK,
      token,
      attempt: 2,
      trigger: 'schedule',
      startedAt: new Date(START).toISOString(),
      leaseExpiresAt: START + 10 * MINUTE,
      requestId: 'r',
      instanceId: 'i',
    },
  },
  fences: { [job]: 1 },
  watermarks: {},
  last: {},
  paused: {},
  failures: {},
  waiting: {},
});

/** What is known once all of it was told. */
const told = (known: Told, standing: Partial<Standing>) => {
  const news = changes(known, { ...STANDING, ...standing });
  const learned = news.reduce((before, { learned }) => learned?.(before) ?? before, known);
  return { kinds: news.map(({ news: { kind, job } }) => `${kind} ${job}`), news, learned };
};

describe('a run that takes long', () => {
  const jobs = [{ name: 'report', timeout: 10 * MINUTE, warnAfter: WARNINGS }];
  const at = (minutes: number, lock = held('report', 't')) =>
    overdueRuns(jobs as never, [lock], START + minutes * MINUTE).map(({ level }) => level);

  test('has the highest level that it has reached, until it is dead', () => {
    expect([4.9, 5, 7.9, 8, 9.9, 10].map((minutes) => at(minutes)[0])).toEqual([
      undefined,
      'warning',
      'warning',
      'critical',
      'critical',
      undefined,
    ]);
    expect(levelOf({ startedAt: new Date(START).toISOString() }, [], START + 9 * MINUTE)).toBe(
      undefined,
    );
  });

  test('of a job that left the list has none: nobody knows what is long for it', () => {
    expect(at(9, held('gone', 't'))).toEqual([]);
  });

  test('is told with what it is, in words', () => {
    const [overdue] = overdueRuns(jobs as never, [held('report', 't')], START + 8.5 * MINUTE);
    expect(overdue?.news).toEqual({
      kind: 'overdue',
      job: 'report',
      tick: TICK,
      attempt: 2,
      level: 'critical',
      why: 'it runs since 2026-03-01T09:00:00.000Z, and has taken 85 % of its timeout',
    });
  });
});

describe('what has changed since people were told', () => {
  const overdue = (token: string, level: Overdue['level']): Overdue => ({
    token,
    level,
    news: { kind: 'overdue', job: 'report', level, why: 'slow' },
  });

  test('a pause, once; another pause in its place; its end', () => {
    const first = told(NOTHING, { paused: new Map([['report', PAUSE]]) });
    expect(first.kinds).toEqual(['paused report']);
    expect(told(first.learned, { paused: new Map([['report', PAUSE]]) }).kinds).toEqual([]);
    const other = { ...PAUSE, since: '2026-03-01T09:04:00.000Z' };
    const second = told(first.learned, { paused: new Map([['report', other]]) });
    expect(second.kinds).toEqual(['paused report']);
    const end = told(second.learned, {});
    expect(end.kinds).toEqual(['resumed report']);
    expect(end.learned).toEqual(NOTHING);
    expect(told(end.learned, {}).kinds).toEqual([]);
  });

  test('one that was over is said to have been', () => {
    const until = '2026-03-01T09:10:00.000Z';
    const known = { ...NOTHING, paused: { report: PAUSE.since } };
    const { news } = told(known, { over: new Map([['report', { ...PAUSE, until }]]) });
    expect(news[0]?.news.why).toContain(`until ${until}: its time was over`);
  });

  test('each level of a run once, upwards only; each run of its own', () => {
    const first = told(NOTHING, { overdue: [overdue('a', 'critical'), overdue('b', 'warning')] });
    expect(first.kinds).toEqual(['overdue report', 'overdue report']);
    const then = { overdue: [overdue('a', 'warning'), overdue('b', 'critical')] };
    const second = told(first.learned, then);
    expect(second.news.map(({ news: { level } }) => level)).toEqual(['critical']);
    expect(second.learned.overdue).toEqual({ a: 'critical', b: 'critical' });
  });
});

test('what is over is forgotten: attempts that ended, jobs that left the list', () => {
  const known: Told = {
    paused: { report: PAUSE.since, gone: PAUSE.since },
    overdue: { lives: 'warning', ended: 'emergency' },
  };
  expect(stillTold(known, new Set(['report']), [held('report', 'lives')])).toEqual({
    paused: { report: PAUSE.since },
    overdue: { lives: 'warning' },
  });
});

test('a row that is found twice is one piece of news, as it was seen last', () => {
  const row = {
    job: 'report',
    tick: TICK,
    status: 'failed',
    attempt: 1,
    fence: 1,
    token: 'first',
    trigger: 'schedule',
    finishedAt: '2026-03-01T09:01:00.000Z',
  } as const;
  const later = { ...row, attempt: 2, token: 'second' };
  expect(newsIn([row, later], [])).toMatchObject([{ from: { row: { token: 'second' } } }]);
});
