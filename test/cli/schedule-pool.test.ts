import { expect, test, vi } from 'vitest';
import type { Connection } from '../../cli/connection.ts';
import { Out } from '../../cli/out.ts';
import { run } from '../../cli/verbs/schedule.ts';
import { deployedOf } from '../../core/run/limits.ts';
import { resolveJob } from '../../core/schedule/resolve.ts';

const jobs = ['sync@a', 'sync@b'].map((name) =>
  deployedOf(resolveJob(name, { every: '5 minutes', pool: 'sync' })),
);
const connection = {
  jobs,
  now: async () => Date.parse('2026-03-01T09:00Z'),
  made: { read: async () => [] },
} as unknown as Connection;
const says = (...args: string[]) => run(connection, args, { every: '5 minutes' }, new Out());

test('a schedule is made for a pool, not for one of its jobs, and not under the name of one', async () => {
  await expect(says('add', 'sync@a', 'x')).rejects.toThrow(
    "'sync@a' is run by the function of 'sync'; name that",
  );
  await expect(says('add', 'sync', 'a')).rejects.toThrow(
    'sync@a is a job of the list; choose another name',
  );
  await expect(says('add', 'synk', 'c')).rejects.toThrow("there is no job 'synk'");
});

test('those of a pool are listed by its name', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await says('list', 'sync')).toBe(0);
  expect(written.mock.calls).toEqual([['no schedules were made at run time\n']]);
  written.mockRestore();
});
