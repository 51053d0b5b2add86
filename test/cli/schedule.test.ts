import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cloud } from './cloud.ts';

interface Row {
  job: string;
  tick: string;
  status: string;
}

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.open('2026-03-01T08:00Z');
  await cloud.playTo('2026-03-01T08:01:00Z');
});
afterAll(() => cloud.close());

async function rowsOf(job: string): Promise<Row[]> {
  const answer = await cloud.run('runs', job, '--json');
  return answer.json<Row[]>();
}

test('a schedule of a tenant: its runs are those of a job of its own', async () => {
  const added = await cloud.run(
    ...['schedule', 'add', 'send-reminders', 'acme', '--every', '30 minutes', '--offset'],
    ...['7 minutes', '--payload', '{"most": 2}', '--reason', 'they asked for it'],
  );
  expect(added.stderr).toBe('');
  expect(added).toMatchObject({
    code: 0,
    stdout: 'send-reminders@acme runs every 30 minutes from 00:07; next at 2026-03-01T08:07Z\n',
  });
  await cloud.playTo('2026-03-01T09:10:00Z');
  const rows = await rowsOf('send-reminders@acme');
  expect(rows.map(({ tick, status }) => `${tick} ${status}`)).toEqual([
    '2026-03-01T09:07Z succeeded',
    '2026-03-01T08:37Z succeeded',
    '2026-03-01T08:07Z succeeded',
  ]);
  // Those of the list are as they were.
  const own = await rowsOf('send-reminders');
  expect(own.map(({ tick }) => tick)).not.toContain('2026-03-01T08:07Z');
  expect(own).toHaveLength(8);
});

test('it is called with its own payload', async () => {
  const shown = await cloud.run('show', 'send-reminders@acme', '2026-03-01T08:07Z', '--json');
  expect(shown.stdout).toContain('"reminded": 2');
});

test('it is listed, with who made it, and every verb knows it', async () => {
  const listed = await cloud.run('schedule', 'list', '--json');
  expect(listed.json()).toEqual([
    {
      name: 'send-reminders@acme',
      expressions: ['cron(7/30 * * * ? *)'],
      timeZone: 'UTC',
      payload: { most: 2 },
      by: expect.any(String),
      since: expect.stringMatching(/^2026-03-01T08:01/),
      next: '2026-03-01T09:37Z',
    },
  ]);
  const jobs = await cloud.run('list', '--json');
  expect(jobs.json<{ job: string }[]>().map(({ job }) => job)).toContain('send-reminders@acme');
  const next = await cloud.run('next', 'send-reminders@acme', '--count', '1');
  expect(next.stdout).toContain('09:37');
  const logs = await cloud.run('logs', 'send-reminders@acme', '2026-03-01T08:07Z');
  expect(logs.stdout).toContain('run succeeded');
  const all = await cloud.run('logs', 'send-reminders@acme', '--json');
  expect(all.stdout).toContain('2026-03-01T08:37Z');
  expect(all.stdout).not.toContain('2026-03-01T08:40Z');
  const page = await fetch(`${cloud.address}/?view=job&job=send-reminders%40acme`);
  expect(await page.text()).toContain('2026-03-01T08:07Z');
});

test('a plan leaves it alone, unless its job leaves', async () => {
  const list = (path: string) => new URL(path, import.meta.url).pathname;
  const same = await cloud.run('plan', '--schedules', list('./schedules.ts'));
  expect(same.stdout).toContain('4 jobs as before');
  expect(same.stdout).toContain('\nSchedules made at run time (1) are not in starts and cost.\n');
  expect(same.stderr).toBe('');
  const other = await cloud.run('plan', '--schedules', list('../fixtures/lists/grouped.ts'));
  expect(other.stderr).toBe(
    'send-reminders@acme was made at run time, and its job leaves: remove it with punctual schedule remove\n',
  );
});

test('it can be paused, and its ticks are accounted for', async () => {
  expect(await cloud.run('pause', 'send-reminders@acme', '--reason', 'quiet')).toMatchObject({
    code: 0,
  });
  await cloud.playTo('2026-03-01T09:40:00Z');
  const [newest] = await rowsOf('send-reminders@acme');
  expect(newest).toMatchObject({ tick: '2026-03-01T09:37Z', status: 'skipped' });
  expect((await rowsOf('send-reminders'))[0]).toMatchObject({ status: 'succeeded' });
  await cloud.run('resume', 'send-reminders@acme');
});

test('asked for again it is the same; another of its name is refused', async () => {
  const again = ['schedule', 'add', 'send-reminders', 'acme', '--payload', '{"most": 2}'];
  const same = await cloud.run(...again, '--cron', '7/30 * * * ? *');
  expect(same.code).toBe(0);
  const other = await cloud.run(...again, '--cron', '0 9 * * ? *');
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(
    /^send-reminders@acme is there already, made by .*; remove it first/,
  );
});

test('removed, it fires no more', async () => {
  const removed = await cloud.run('schedule', 'remove', 'send-reminders', 'acme');
  expect(removed).toMatchObject({ code: 0 });
  const before = await rowsOf('send-reminders');
  await cloud.playTo('2026-03-01T10:20:00Z');
  expect((await rowsOf('send-reminders')).length).toBeGreaterThan(before.length);
  expect((await cloud.run('schedule', 'list')).stdout).toBe('no schedules were made at run time\n');
  const again = await cloud.run('schedule', 'remove', 'send-reminders', 'acme');
  expect(again).toMatchObject({ code: 1, stdout: '' });
});

test('a single time', async () => {
  const at = ['--at', '2026-03-01T12:30', '--time-zone', 'Europe/Oslo'];
  const added = await cloud.run('schedule', 'add', 'import-invoices', 'late', ...at);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  await cloud.playTo('2026-03-01T11:45:00Z');
  const rows = await rowsOf('import-invoices@late');
  expect(rows.map(({ tick }) => tick)).toEqual(['2026-03-01T11:30Z']);
  expect((await cloud.run('schedule', 'list')).stdout).toContain('over');
  // Days later the sweeper forgets it.
  await cloud.playTo('2026-03-03T12:00:00Z');
  expect((await cloud.run('schedule', 'list')).stdout).toBe('no schedules were made at run time\n');
});

test.each([
  [['add', 'send-remainders', 'a', '--every', '1 hour'], "perhaps 'send-reminders'"],
  [['add', 'send-reminders', 'a b', '--every', '1 hour'], "'a b' is no name"],
  [['add', 'send-reminders', 'a'], '--every, --cron or --at: give exactly one of them'],
  [['add', 'send-reminders', 'a', '--every', '7 minutes'], "--every: '7 minutes' does not divide"],
  [['add', 'send-reminders', 'a', '--at', '2020-01-01T00:00'], 'is past'],
  [['add', 'send-reminders', 'a', '--every', '1 hour', '--time-zone', 'Oslo'], '--time-zone:'],
  [['add', 'send-reminders', 'a', '--every', '1 hour', '--payload', '{'], 'is no JSON'],
  [['add', 'send-reminders'], 'write schedule add <job> <name>'],
  [['change'], 'none of add, list, remove'],
])('schedule %j is used wrongly', async (args, why) => {
  const answer = await cloud.run('schedule', ...args);
  expect(answer).toMatchObject({ code: 2, stdout: '' });
  expect(answer.stderr).toContain(why);
  expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1);
});
