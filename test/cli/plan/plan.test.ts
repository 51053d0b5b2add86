import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cost } from '../../../cli/plan/cost.ts';
import { Cloud, punctual } from '../cloud.ts';

const CHANGED = new URL('./schedules.ts', import.meta.url).pathname;
const SAME = new URL('../schedules.ts', import.meta.url).pathname;

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.open('2026-03-01T08:00Z');
  await cloud.playTo('2026-03-01T09:05:00Z');
});
afterAll(() => cloud.close());

test('a list that was changed, against what is deployed', async () => {
  const { code, stdout, stderr } = await cloud.run('plan', '--schedules', CHANGED);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const [head, ...lines] = stdout.split('\n');
  expect(head).toBe('punctual-dev: 4 jobs deployed, 4 in the list');
  expect(lines.slice(1, 14)).toEqual([
    'job              before     after      change',
    'close-the-day    1 a day    -          leaves the list',
    'close-the-week   -          1 a week   new',
    'import-invoices  72 a day   72 a day   72 a day moved, 2 minutes later',
    'send-reminders   144 a day  288 a day  144 a day more',
    '1 job as before',
    '',
    "starts on 2026-03-08 (UTC)  before      after       all 'auto'",
    'all                         217         361         361',
    'in the fullest minute       2 at 01:30  2 at 00:05  2 at 01:30',
    'minutes with more than one  1           73          1',
    'together then: send-reminders, import-invoices',
    '',
  ]);
  // The jobs that have run were measured.
  expect(stdout).toMatch(/took\s+lately\s+for\s+2\s+of\s+5/);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('as JSON', async () => {
  const { code, json } = await cloud.run('plan', '--schedules', CHANGED, '--json');
  expect(code).toBe(0);
  const plan = json<{
    stack: string;
    jobs: object[];
    starts: object;
    cost: { before: Cost; after: Cost; measured: string[] };
  }>();
  expect(plan.stack).toBe('punctual-dev');
  expect(plan.jobs[2]).toEqual({
    job: 'import-invoices',
    change: 'changed',
    ticksADay: { before: 72, after: 72, added: 0, moved: 72, removed: 0 },
    movedBy: 120_000,
  });
  expect(plan.starts).toMatchObject({ day: '2026-03-08', before: { count: 217, shared: 1 } });
  expect(plan.cost.measured).toEqual(['import-invoices', 'send-reminders']);
  const { before, after } = plan.cost;
  expect(after.scheduler).toBeGreaterThan(before.scheduler);
  // Each five minutes a run: its environment is kept, and no start is a cold one.
  expect(after.lambda).toBeLessThan(before.lambda);
});

test('the list that is deployed changes nothing', async () => {
  const { stdout } = await cloud.run('plan', '--schedules', SAME);
  expect(stdout).toContain('4 jobs as before');
  expect(stdout).not.toContain('change\n');
});

test('where nothing is deployed, everything is new; no cloud is asked', async () => {
  const { code, stdout, stderr } = await punctual(['plan', '--fresh', '--schedules', SAME]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('nothing deployed, 4 jobs in the list');
  expect(stdout.match(/ new$/gm)).toHaveLength(4);
});

test.each([
  ['no list there', '/nowhere.ts', 'there is no list of jobs at /nowhere.ts'],
  [
    'a list that could not be deployed',
    new URL('../../fixtures/lists/bad-interval.ts', import.meta.url).pathname,
    'does not divide a day',
  ],
  ['no list at all', new URL('../cloud.ts', import.meta.url).pathname, "exports no 'schedules'"],
])('%s is said in one line', async (_, path, why) => {
  const { code, stdout, stderr } = await punctual(['plan', '--fresh', '--schedules', path]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
