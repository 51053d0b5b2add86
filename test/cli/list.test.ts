import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cloud } from './cloud.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.open('2026-03-01T08:00Z');
  await cloud.playTo('2026-03-01T09:05:00Z');
});
afterAll(() => cloud.close());

test('list: each job with what it does, when it ran and when it will', async () => {
  const { code, stdout, stderr } = await cloud.run('list');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([
    'job              state  next (UTC)   last run         schedule',
    'send-reminders   idle   09:10        09:00 succeeded  every 10 minutes',
    'import-invoices  idle   09:23        09:03 failed     every 20 minutes from 00:03',
    'close-the-day    idle   2 Mar 01:30  none yet         at 02:30, Europe/Oslo',
    'once-a-year      off    none         none yet         at 00:00, on day 1 of the month, only in January',
    '',
  ]);
});

test('list --json: the same for programs, in any order of the options', async () => {
  const { code, json } = await cloud.run('--json', 'list');
  expect(code).toBe(0);
  expect(json<unknown[]>()[0]).toEqual({
    job: 'send-reminders',
    description: 'Reminds customers of what they left in their basket',
    schedule: 'every 10 minutes',
    expressions: ['cron(0/10 * * * ? *)'],
    timeZone: 'UTC',
    enabled: true,
    state: 'idle',
    next: '2026-03-01T09:10Z',
    last: {
      tick: '2026-03-01T09:00Z',
      status: 'succeeded',
      finishedAt: expect.stringMatching(/^2026-03-01T09:00:/),
    },
    running: [],
    waiting: [],
    failures: 0,
  });
});

test('next: of all jobs together, of one, and what daylight saving does', async () => {
  const all = await cloud.run('next', '--count', '3');
  expect(all.stdout.split('\n')).toEqual([
    'UTC               in its zone  job',
    '2026-03-01 09:10               send-reminders',
    '2026-03-01 09:20               send-reminders',
    '2026-03-01 09:23               import-invoices',
    '',
  ]);
  const spring = await cloud.run(
    ...['next', 'close-the-day', '--from', '2026-03-28T00:00Z', '--count', '3', '--json'],
  );
  const zone = { job: 'close-the-day', timeZone: 'Europe/Oslo' };
  expect(spring.json()).toEqual([
    { ...zone, tick: '2026-03-28T01:30Z', local: '2026-03-28T02:30' },
    { ...zone, local: '2026-03-29T02:30', oddity: 'gap' },
    { ...zone, tick: '2026-03-30T00:30Z', local: '2026-03-30T02:30' },
  ]);
  const autumn = await cloud.run('next', 'close-the-day', '--from', '2026-10-25', '--count', '1');
  expect(autumn.stdout).toContain(
    '2026-10-25 00:30  02:30 Europe/Oslo  close-the-day  the first of',
  );
  const off = await cloud.run('next', 'once-a-year');
  expect(off.stdout).toBe('once-a-year is off: it has no ticks\n');
});

test('runs: newest first, across jobs, of one, of one status, not older than', async () => {
  const latest = await cloud.run('runs', '--limit', '3');
  expect(latest.stdout.split('\n').map((line) => line.slice(0, 42))).toEqual([
    'tick              job              what   ',
    '2026-03-01 09:03  import-invoices  failed ',
    '2026-03-01 09:00  send-reminders   succeed',
    '2026-03-01 08:50  send-reminders   succeed',
    '',
  ]);
  expect(latest.stdout).toContain('Error: the invoice service answered 503');
  const failed = await cloud.run('runs', '--status', 'failed', '--json');
  expect(failed.json<{ tick: string }[]>().map(({ tick }) => tick)).toEqual([
    '2026-03-01T09:03Z',
    '2026-03-01T08:03Z',
  ]);
  const recent = await cloud.run('runs', 'send-reminders', '--since', '20m', '--json');
  expect(recent.json<{ tick: string }[]>().map(({ tick }) => tick)).toEqual([
    '2026-03-01T09:00Z',
    '2026-03-01T08:50Z',
  ]);
  expect((await cloud.run('runs', 'close-the-day')).stdout).toBe('no such runs\n');
});

test('show: what became of one tick', async () => {
  const failed = await cloud.run('show', 'import-invoices', '2026-03-01T09:03Z');
  expect(failed.code).toBe(0);
  expect(failed.stdout).toMatch(/^import-invoices 2026-03-01T09:03Z: failed\n/);
  expect(failed.stdout).toMatch(/\nattempts +1\n/);
  expect(failed.stdout).toContain('\nError: the invoice service answered 503\n');
  const { json } = await cloud.run('show', 'send-reminders', '2026-03-01T10:00+01:00', '--json');
  expect(json()).toMatchObject({
    job: 'send-reminders',
    tick: '2026-03-01T09:00Z',
    status: 'succeeded',
    trigger: 'schedule',
    attempt: 1,
    output: { reminded: 5, minute: 0 },
    notes: [],
  });
  const none = await cloud.run('show', 'send-reminders', '2026-03-01T09:01Z');
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toMatch(/^send-reminders has no run 2026-03-01T09:01Z; .*\n$/);
});

test('logs: what a job wrote, and what one of its runs did', async () => {
  const all = await cloud.run('logs', 'send-reminders', '--since', '2h');
  expect(all.code).toBe(0);
  expect(all.stdout.match(/reminding/g)).toHaveLength(7);
  expect(all.stdout).toMatch(/^2026-03-01 08:00:\S+ INFO {2}environment started/);
  expect(all.stdout).not.toContain('_aws');
  const late = await cloud.run('logs', 'send-reminders', '--since', '30m');
  expect(late.stdout.match(/reminding/g)).toHaveLength(3);
  const one = await cloud.run('logs', 'import-invoices', '2026-03-01T09:03Z', '--json');
  const lines = one.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ message }) => message)).toContain('run failed');
  expect(lines.filter(({ tick }) => tick !== '2026-03-01T09:03Z')).toEqual([]);
});

test('health: a word for people, an exit code for scripts', async () => {
  const { code, stdout } = await cloud.run('health');
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^punctual-dev is degraded\ndegraded {2}import-invoices: 2026-03-01T09:03Z failed/,
  );
  const json = await cloud.run('health', '--json');
  expect(json).toMatchObject({ code: 1 });
  expect(json.json()).toMatchObject({ status: 'degraded', store: { reachable: true } });
});

test('an unknown job is one line with the nearest, and exit code 2', async () => {
  for (const args of [
    ['next', 'send-reminder'],
    ['runs', 'send-reminder'],
    ['show', 'send-reminder', '2026-03-01T09:00Z'],
    ['logs', 'send-reminder'],
    ['logs', 'send-reminder', '2026-03-01T09:00Z'],
  ]) {
    const { code, stdout, stderr } = await cloud.run(...args);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: "there is no job 'send-reminder'; perhaps 'send-reminders'\n",
    });
  }
});

test('the shell completes verbs, options and jobs', async () => {
  const complete = (...line: string[]) => cloud.complete(...line);
  expect(await complete('ru')).toContain('runs\t');
  expect(await complete('runs', '--st')).toMatch(/^--status\t.*\n--stage\t.*\n--stack\t/);
  expect(await complete('show', 'se')).toContain('send-reminders\t');
});
