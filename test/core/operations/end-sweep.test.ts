import { beforeEach, expect, test } from 'vitest';
import type { Remembered, SweepMemory } from '../../../core/ledger/sweep-memory.ts';
import type { SweepStore } from '../../../core/ledger/sweep-store.ts';
import type { Message } from '../../../core/operations/alert-text.ts';
import { endSweep, type Found } from '../../../core/operations/end-sweep.ts';
import type { Run } from '../../../core/run/states.ts';
import type { Told } from '../../../core/run/told.ts';
import { MINUTE } from '../../../core/schedule/duration.ts';

const NOW = Date.parse('2026-03-01T09:04:00Z');

const failed = (job: string, minute = '00'): Run => ({
  job,
  tick: `2026-03-01T09:${minute}Z`,
  status: 'failed',
  attempt: 1,
  fence: 1,
  token: `token-${minute}`,
  trigger: 'schedule',
  finishedAt: '2026-03-01T09:01:00.000Z',
});

let time: number;
let published: Message[];
let lines: string[];
/** What the store was asked, and how it answers. */
let store: {
  isMine: boolean;
  untold: Run[];
  marked: string[];
  remembered?: Remembered;
  told?: Told;
};
let publish: (message: Message) => Promise<void>;
beforeEach(() => {
  time = NOW;
  published = [];
  lines = [];
  store = { isMine: true, untold: [], marked: [] };
  publish = async (message) => void published.push(message);
});

const ends = (more: Partial<Found> = {}, recalled: Partial<SweepMemory> = {}) => {
  const known = { paused: {}, overdue: {} };
  const found: Found = {
    now: NOW,
    recalled: { version: 7, jobs: {}, locks: [], told: known, ...recalled },
    remembered: { jobs: {}, locks: [] },
    locks: new Map(),
    over: new Map(),
    rows: [],
    notes: [],
    ...more,
  };
  const fake: Pick<SweepStore, 'remember' | 'untold' | 'toldOf' | 'rememberTold'> = {
    async remember(memory) {
      store.remembered = memory;
      return store.isMine;
    },
    untold: async () => ({ rows: store.untold, notes: [] }),
    async toldOf({ job, tick }) {
      store.marked.push(`${job} ${tick.slice(14, 16)}`);
    },
    async rememberTold(told) {
      store.told = told;
    },
  };
  const log = { info: note, warn: note, error: note };
  return endSweep(found, [], fake as SweepStore, {
    origin: { stack: 'punctual-dev', region: 'eu-central-1' },
    publish: (message) => publish(message),
    clock: () => time,
    log,
  });
};
const note = (message: string) => void lines.push(message);
const subjects = () => published.map(({ subject }) => subject.replace('[punctual-dev] ', ''));

test('with nothing to tell it remembers where it came to, and asks nothing more', async () => {
  expect(await ends()).toEqual({ isBeaten: false, isOver: true, paused: 0, overdue: 0, told: 0 });
  expect(store.remembered).toMatchObject({ sweptAt: '2026-03-01T09:04:00.000Z' });
  expect(store.remembered?.tellingUntil).toBeUndefined();
  expect(store.told).toBeUndefined();
});

test('what a copy of it closed is told with the rest, in the same message', async () => {
  store.untold = [failed('report', '00'), failed('report', '05')];
  expect(await ends({ rows: [failed('report', '00')] })).toMatchObject({ told: 2 });
  expect(subjects()).toEqual(['report failed 2 runs']);
  expect(store.marked).toEqual(['report 00', 'report 05']);
});

test('a row that has another end by now is told as it was found', async () => {
  await ends({ rows: [failed('report')] });
  expect(subjects()).toEqual(['report failed']);
});

test('beaten by another sweep it tells nothing: that one does', async () => {
  store.isMine = false;
  expect(await ends({ rows: [failed('report')] })).toMatchObject({ isBeaten: true, told: 0 });
  expect(published).toEqual([]);
});

test('while another is telling it leaves what was told to that, until its time is over', async () => {
  const rows = [failed('report')];
  await ends({ rows }, { tellingUntil: NOW + 1 });
  expect(published).toEqual([]);
  expect(store.remembered).not.toHaveProperty('told');
  await ends({ rows }, { tellingUntil: NOW });
  expect(published).toHaveLength(1);
  expect(store.remembered).toMatchObject({ tellingUntil: NOW + 2 * MINUTE });
});

test('what can not be published stays untold, and does not keep the others from it', async () => {
  publish = async (message) => {
    if (message.attributes.job === 'report') throw new Error('AuthorizationError');
    published.push(message);
  };
  const rows = [failed('report'), failed('digest')];
  expect(await ends({ rows })).toMatchObject({ told: 1 });
  expect(store.marked).toEqual(['digest 00']);
  expect(lines).toEqual(['alert not published', 'alert: digest failed']);
});

test('where its time runs out the next sweep tells the rest', async () => {
  publish = async (message) => {
    published.push(message);
    time += 50_000;
  };
  const rows = ['a', 'b', 'c', 'd'].map((job) => failed(job));
  expect(await ends({ rows })).toMatchObject({ told: 3 });
  expect(store.marked).toEqual(['a 00', 'b 00', 'c 00']);
  expect(lines.at(-1)).toBe('alerts left to the next sweep');
  expect(store.told).toBeDefined();
});
