/**
 * Jobs in trouble of every kind. All of them can be watched by hand:
 * `npm start -- --schedules test/troubles/schedules.ts --from 2026-03-01T00:00Z`
 * The tests play one part at a time.
 */
import { resolve } from 'node:path';
import {
  type Groups,
  type Schedules,
  type Settings,
  schedule,
} from '../../core/schedule/settings.ts';

/** Where the jobs leave their notes. */
const folder = resolve(process.env.PUNCTUAL_TROUBLES_FOLDER ?? '.punctual/troubles');

const small = { timeout: '5 seconds', memory: 128 } as const;
const once = (minute: string) => ({ cron: `${minute} 0 1 3 ? 2026` });

/** What fails, and what is to follow. */
const failing: Schedules = {
  'fails-twice': schedule<typeof import('./jobs/fails-twice.ts')>({
    ...once('0'),
    payload: { folder },
  }),
  'needs-a-file': schedule<typeof import('./jobs/needs-a-file.ts')>({
    every: '10 minutes',
    retry: { delays: ['1 minute', '5 minutes'] },
    payload: { folder },
  }),
  steady: schedule<typeof import('./jobs/works.ts')>({
    every: '10 minutes',
    offset: '5 minutes',
    handler: 'works',
    payload: { folder, ms: 0 },
  }),
  'skips-a-tick': saying('SkipTick'),
  'does-not-retry': saying('DoNotRetry'),
  'retries-after': saying('RetryAfter'),
};

function saying(throws: 'SkipTick' | 'DoNotRetry' | 'RetryAfter'): Settings {
  return schedule<typeof import('./jobs/says-what-follows.ts')>({
    ...once('2'),
    handler: 'says-what-follows',
    payload: { throws },
  });
}

/** What dies; not tried again, so that what is seen is how it died. */
const dying: Schedules = {
  exits: schedule<typeof import('./jobs/exits.ts')>({
    ...once('1'),
    ...small,
    retry: { delays: [] },
    payload: { always: true },
  }),
  'exits-once': schedule<typeof import('./jobs/exits.ts')>({
    ...once('1'),
    ...small,
    handler: 'exits',
    payload: { always: false },
  }),
  devours: schedule<typeof import('./jobs/devours.ts')>({
    ...once('1'),
    memory: 128,
    retry: { delays: [] },
  }),
  'heeds-its-signal': oversleeping('heeds'),
  'ignores-its-signal': oversleeping('ignores'),
  'blocks-its-process': oversleeping('blocks'),
  broken: schedule<typeof import('./jobs/broken.ts')>({
    ...once('1'),
    ...small,
    retry: { delays: [] },
  }),
};

function oversleeping(how: 'heeds' | 'ignores' | 'blocks'): Settings {
  return schedule<typeof import('./jobs/oversleeps.ts')>({
    ...once('1'),
    ...small,
    handler: 'oversleeps',
    retry: { delays: [] },
    payload: { how },
  });
}

/** How long a run takes of a job that buffers, in milliseconds. */
export const WORK = 2_000;

export const groups: Groups = { pair: { limit: 2 } };

/** What must not run beside another: five in a group of two, and two that buffer. */
const beside: Schedules = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`of-priority-${n}`, grouped(n)])),
  'buffers-two': buffered('1-2'),
  'buffers-three': buffered('1-3'),
};

function grouped(priority: number): Settings {
  return schedule<typeof import('./jobs/works.ts')>({
    ...once('1'),
    handler: 'works',
    group: 'pair',
    priority,
    // Of two that begin together one ends well before the other: each end is one turn.
    payload: { folder, ms: 1_000 + priority * 500 },
  });
}

function buffered(minutes: string): Settings {
  return schedule<typeof import('./jobs/works.ts')>({
    ...once(minutes),
    handler: 'works',
    overlap: 'bufferOne',
    misfireGrace: '30 minutes',
    payload: { folder, ms: WORK },
  });
}

/** Ten ticks in the first hour, and ten in the fourth; what becomes of them if they are missed. */
const late: Schedules = {
  'catches-up-none': catchingUp('none'),
  'catches-up-latest': catchingUp('latest'),
  'catches-up-all': catchingUp('all'),
};

function catchingUp(catchUp: 'none' | 'latest' | 'all'): Settings {
  return schedule<typeof import('./jobs/works.ts')>({
    cron: '0/6 0,3 1 3 ? 2026',
    misfireGrace: '6 minutes',
    handler: 'works',
    catchUp,
    payload: { folder, ms: 0 },
  });
}

/** One time in five. */
const unlucky: Schedules = {
  unlucky: schedule<typeof import('./jobs/unlucky.ts')>({
    every: '10 minutes',
    payload: { folder, seed: 1 },
  }),
};

/** What EventBridge, Lambda or the store let down. */
const letDown: Schedules = {
  undelivered: working('10-19/3'),
  lost: schedule<typeof import('./jobs/exits.ts')>({
    ...once('12'),
    ...small,
    handler: 'exits',
    retry: { delays: [] },
    payload: { always: true },
  }),
  'retried-without-store': working('30'),
  'given-up-without-store': { ...working('30'), retry: { delays: [] } },
  unrecorded: working('40'),
};

function working(minutes: string): Settings {
  return schedule<typeof import('./jobs/works.ts')>({
    ...once(minutes),
    handler: 'works',
    misfireGrace: '5 minutes',
    payload: { folder, ms: 0 },
  });
}

const parts = { failing, dying, beside, late, unlucky, letDown };

/** Some of the jobs, to be played together. */
export type Part = keyof typeof parts;

const part = process.env.PUNCTUAL_TROUBLES as Part | undefined;

export const schedules: Schedules = part ? parts[part] : Object.assign({}, ...Object.values(parts));
