import { describe, expect, test } from 'vitest';
import { checkPools } from '../../../core/schedule/pools.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import { type Settings, schedule } from '../../../core/schedule/settings.ts';

const SYNC = { every: '1 hour', pool: 'sync' } as const;
/** Resolves and checks a list as `resolveList` does. */
const check = (list: Record<string, object>) => {
  const jobs = Object.entries(list).map(([name, settings]) =>
    resolveJob(name, settings as Settings, { database: { limit: 2 } }),
  );
  checkPools(jobs);
  return jobs;
};

describe('a job of a pool', () => {
  test('has the pool’s file, unless it says another', () => {
    expect(resolveJob('sync@tenant-42', SYNC)).toMatchObject({ pool: 'sync', handler: 'sync' });
    expect(resolveJob('sync@tenant-42', { ...SYNC, handler: 'all' }).handler).toBe('all');
  });

  test('may differ from the others in when it runs, and in what no function has', () => {
    const grace = { pool: 'sync', misfireGrace: '10 minutes' } as const;
    const jobs = check({
      'sync@a': { ...grace, every: '8 minutes', offset: '3 minutes', payload: { tenant: 'a' } },
      'sync@b': { ...grace, cron: '0 9 * * ? *', timeZone: 'Europe/Oslo', payload: [1] },
      'sync@c': { ...grace, at: '2026-12-24T18:00', description: 'once', enabled: false },
      'sync@d': { ...grace, every: '1 day', offset: 'auto', weight: 3, warnAfter: false },
      'sync@e': { every: '1 hour', pool: 'sync', jitter: '5 minutes', misfireGrace: '5 minutes' },
    });
    expect(jobs.map(({ pool }) => pool)).toEqual(new Array(5).fill('sync'));
  });

  test('is typed as any other', () => {
    interface Sync {
      handler: { readonly takes?: (payload: { tenant: string }) => void };
    }
    schedule<Sync>({ ...SYNC, payload: { tenant: 'acme' } });
    // @ts-expect-error: wrong
    schedule<Sync>({ ...SYNC, payload: { tenant: 42 } });
    // @ts-expect-error: missing
    schedule<Sync>(SYNC);
  });
});

test.each([
  [
    'a name with @, and no pool',
    { 'sync@a': { every: '1 hour' } },
    "job 'sync@a': name: '@' is for the jobs of a pool; add pool: 'sync', or rename it",
  ],
  [
    'a name without the pool’s',
    { 'tenant-42': SYNC },
    "job 'tenant-42': name: a job of the pool 'sync' is called 'sync@<name>', with 1 to 40 letters, digits, '-' or '_' for <name>; rename it",
  ],
  ['a name of another pool', { 'copy@a': SYNC }, "job 'copy@a': name: a job of the pool 'sync'"],
  ['a name with nothing after the @', { 'sync@': SYNC }, "job 'sync@': name: a job of the pool"],
  ['a name with two of them', { 'sync@a@b': SYNC }, "job 'sync@a@b': name: a job of the pool"],
  ['a name too long', { [`sync@${'x'.repeat(41)}`]: SYNC }, 'name: a job of the pool'],
  [
    'a pool that is no name',
    { 'my sync@a': { ...SYNC, pool: 'my sync' } },
    "job 'my sync@a': pool: 'my sync' is no name: 1 to 64 letters, digits, '.', '-' or '_'",
  ],
  ['a pool that is no text', { '1@a': { ...SYNC, pool: 1 } }, "job '1@a': pool: 1 is no name"],
  [
    'a pool that is a word of JavaScript',
    { 'constructor@a': { ...SYNC, pool: 'constructor' } },
    "job 'constructor@a': pool: is a word of JavaScript itself; choose another",
  ],
  [
    'a group',
    { 'sync@a': { ...SYNC, group: 'database' } },
    "job 'sync@a': group: a job of a pool has a lock of its own, so it can share no limit; leave out group, or pool",
  ],
  [
    'a pool that is a job',
    { sync: { every: '1 hour' }, 'sync@a': SYNC },
    "job 'sync@a': pool: the list has a job 'sync' with a function of its own; rename either",
  ],
  [
    'another timeout',
    { 'sync@a': SYNC, 'sync@b': { ...SYNC, timeout: '90 seconds' } },
    "job 'sync@b': timeout: is '90 seconds' and that of 'sync@a' '5 minutes', but the function of the pool 'sync' has it once; say the same in both",
  ],
  [
    'another interval, and no grace said',
    { 'sync@a': SYNC, 'sync@b': { ...SYNC, every: '5 minutes' } },
    "job 'sync@b': misfireGrace: is '5 minutes', its jitter included, and that of 'sync@a' '1 hour', but",
  ],
  [
    'other retries',
    { 'sync@a': SYNC, 'sync@b': { ...SYNC, retry: { delays: ['1 minute', '1 hour'] } } },
    "job 'sync@b': retry: is ['1 minute', '1 hour'] and that of 'sync@a' ['1 minute', '5 minutes',",
  ],
  [
    'another access',
    { 'sync@a': SYNC, 'sync@b': { ...SYNC, access: ['email'] } },
    "job 'sync@b': access: is [\"email\"] and that of 'sync@a' [], but",
  ],
  ...(
    [
      ['handler', { handler: 'other' }],
      ['memory', { memory: 512 }],
      ['catchUp', { catchUp: 'latest' }],
      ['overlap', { overlap: 'bufferOne' }],
      ['concurrency', { concurrency: 2 }],
      ['pauseAfter', { pauseAfter: false }],
    ] as const
  ).map(
    ([field, more]) =>
      [
        `another ${field}`,
        { 'sync@a': SYNC, 'sync@b': { ...SYNC, ...more } },
        `job 'sync@b': ${field}: is `,
      ] as const,
  ),
] as [string, Record<string, object>, string][])('%s is refused in one line', (_, list, mend) => {
  const refuse = () => check(list);
  expect(refuse).toThrow(/^job '[^\n]+$/);
  expect(refuse).toThrow(mend);
});
