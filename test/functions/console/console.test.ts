import { beforeEach, expect, test } from 'vitest';
import type { Schedules, Settings } from '../../../core/schedule/settings.ts';
import type { ConsoleEvent } from '../../../functions/console/request.ts';
import { failing } from '../../support/every-store.ts';
import { contextOf, JOB } from '../lambda.ts';
import { type Bench, startBench } from '../operator/bench.ts';

const SETTINGS = { every: '5 minutes', retry: { delays: [] } } satisfies Settings;
const LIST: Schedules = { [JOB]: SETTINGS };
const TICK = '2026-03-01T09:05Z';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench(Date.parse('2026-03-01T09:05:01Z'));
});

/** What the console answers in a cold start. */
async function ask(event: ConsoleEvent, endpoint?: string, list = LIST): Promise<string> {
  bench.deploy(list, endpoint);
  const { handler } = await import('../../../functions/operator/console.ts');
  const answer = await handler({ page: true, ...event }, contextOf('console', 30_000));
  return typeof answer === 'string' ? answer : answer.markdown;
}

/** The text of a page. */
const words = (page: string) =>
  page.replace(/<style>.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ');

test('what ran is seen: on the jobs’ page, the job’s, and its own', async () => {
  const job = bench.jobOf(JOB);
  job.limits.retryDelays = [];
  await job.deliver(TICK, failing);
  expect(words(await ask({}))).toMatch(
    new RegExp(`Needs attention .* failed ${JOB} 09:05 .*no luck`),
  );
  expect(words(await ask({ view: 'job', job: JOB }))).toMatch(/Runs .* 09:05 .*failed/);
  const run = words(await ask({ view: 'run', job: JOB, tick: TICK }));
  expect(run).toMatch(/Error .*no luck .*Attempts/);
});

test('paused by hand and resumed: the lock, the page and the audit say so', async () => {
  const paused = words(await ask({ action: 'pause', job: JOB, who: 'ada', why: 'repairs' }));
  expect(paused).toContain(`✓ ${JOB} is paused until somebody resumes it`);
  expect(paused).toMatch(/Ⅱ paused by ada/);
  expect(paused).toMatch(/What people did .*ada console Pause .*repairs/);
  expect((await bench.ledger.readLock(JOB))?.paused[JOB]).toMatchObject({
    by: 'ada',
    why: 'repairs',
  });
  // Once more is refused, and the page is there all the same.
  expect(words(await ask({ action: 'pause', job: JOB, who: 'bob' }))).toMatch(
    /✕ .*is paused already, by ada.*Jobs/,
  );
  expect(words(await ask({ action: 'resume', job: JOB, who: 'bob' }))).toContain('✓');
  expect((await bench.ledger.readLock(JOB))?.paused[JOB]).toBeUndefined();
});

test('a question does nothing', async () => {
  expect(await ask({ view: 'confirm', action: 'run', job: JOB })).toContain('<form');
  expect(bench.aws.requests).toEqual([]);
  expect(words(await ask({ action: 'run', job: JOB }))).toContain('✕ say who you are');
  expect(words(await ask({ action: 'run', job: JOB, who: 'bob' }))).toContain(
    `asked for a run of ${JOB}`,
  );
  expect(bench.aws.requests).toMatchObject([{ body: { job: JOB, trigger: 'manual', attempt: 1 } }]);
});

test('what is not there is one line that names the nearest', async () => {
  for (const event of [{ view: 'job', job: 'send-remindrs' }, { view: 'run', job: 'send-remindrs', tick: TICK }]) // biome-ignore format: one line reads better
    expect(words(await ask(event))).toContain(
      `there is no job &#39;send-remindrs&#39;; perhaps &#39;${JOB}&#39;`,
    );
  expect(words(await ask({ view: 'run', job: JOB, tick: TICK }))).toContain(
    `${JOB} has no run ${TICK}`,
  );
  expect(words(await ask({ view: 'jobz' }))).toContain('there is no view');
});

test('a store that does not answer is said, in one page without a stack trace', async () => {
  const page = words(await ask({}, 'http://127.0.0.1:1'));
  expect(page).toMatch(/■ failing .*the store can not be used/);
  expect(page).not.toMatch(/ at .*\.ts:/);
  expect(bench.printed.saying('not shown: store trouble')).toMatchObject([
    { reason: 'unavailable' },
  ]);
});

test('of a thousand jobs a page is asked for: the locks of all, the runs of those that are shown', async () => {
  const list: Schedules = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, i) => [`sync@tenant-${i}`, { ...SETTINGS, pool: 'sync' }]),
  );
  // Beside the locks: what was made at run time, the last sweep, the notes, and six kinds of trouble.
  const besides = 9;
  let page = '';
  const first = await bench.store.tap.costOf(async () => {
    page = words(await ask({}, undefined, list));
  });
  expect(page).toContain('1000 jobs, 0 running');
  expect(page).toContain('1 to 50 of 1000');
  expect(first.requests).toBe(10 + besides + 50);
  const found = await bench.store.tap.costOf(async () => {
    page = words(await ask({ find: 'tenant-99', worstFirst: '1' }, undefined, list));
  });
  expect(page).toMatch(/sync@tenant-99 .*sync@tenant-990 /);
  expect(found.requests).toBe(10 + besides + 11);
});

test('how the day is spread stands below the jobs', async () => {
  const page = words(await ask({}));
  expect(page).toMatch(
    /Starts of a day 288 starts a day.*As it is 1 start in the fullest minute, 00:00; 0 minutes with more than one/,
  );
  expect(page).toMatch(/Packed, offset: &#39;auto&#39; for every interval 1 start in/);
});

test('CloudWatch is told what it is', async () => {
  expect(await ask({ describe: true })).toContain('Punctual');
});
