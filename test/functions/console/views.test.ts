import { describe, expect, test } from 'vitest';
import type { Holder } from '../../../core/ledger/ledger.ts';
import type { Overview } from '../../../core/operations/overview.ts';
import type { Deployed } from '../../../core/run/limits.ts';
import type { Run } from '../../../core/run/states.ts';
import { confirmView } from '../../../functions/console/confirm-view.ts';
import type { Frame, Place } from '../../../functions/console/frame.ts';
import { jobView } from '../../../functions/console/job-view.ts';
import { jobsView } from '../../../functions/console/jobs-view.ts';
import { pageOf } from '../../../functions/console/page.ts';
import { runView } from '../../../functions/console/run-view.ts';
import { clean } from '../../../functions/console/text.ts';
import { deployed, FRAMES, HOSTILE, HOUR, jobsOf, MINUTE, NOTE, NOW, overviewOf, runAt, unrun, viewOf } from './samples.ts'; // biome-ignore format: one line reads better

const REGION = 'eu-central-1';
/** Bytes; CloudWatch's widget and Lambda's answer take more, a reader does not. */
const LARGEST = 1_000_000;

const HOLDER = { job: 'report', tick: '2026-03-01T12:30Z', token: 't', attempt: 1, trigger: 'schedule', startedAt: '2026-03-01T12:30:20.000Z', leaseExpiresAt: NOW - 1, requestId: 'r', instanceId: 'i' } as const satisfies Holder; // biome-ignore format: one line reads better

const jobs = (overview: Overview, frame: Frame, place: Partial<Place> = {}) =>
  pageOf(jobsView(jobsOf(overview, place), {}, frame), { frame });
const oneRun = (run: Run, frame: Frame, isWhole = false) =>
  pageOf(runView({ job: run.job, tick: run.tick, run }, isWhole, {}, REGION, NOW, frame), {
    frame,
  });

const ODD_TAG = /^<(script|img|iframe|use|object|style)/i;
const TAG = /^<\/?[a-z][\w-]*(\s[\w-]+(="[^"<>]*")?)*\s?\/?>$/i;

/** The elements and attributes of a page: nothing that came from a job may be among them. */
function checkMarkup(page: string): void {
  const body = page.replace(/<style>[^<]*<\/style>/, '');
  // Compared as lists and flags: a page that fails must not be printed, it has half a megabyte.
  const tags = [...new Set(body.match(/<[^>]*>/g))];
  expect(
    tags.filter(
      (tag) =>
        ODD_TAG.test(tag) ||
        !TAG.test(tag) ||
        /\s(on\w+|src)=/i.test(tag.replace(/="[^"]*"/g, '=""')),
    ),
  ).toEqual([]);
  expect(clean(page) === page && page.isWellFormed()).toBe(true);
}

describe.each(FRAMES)('%s', (name, frame) => {
  test('an empty store: every job is there, and nothing is made up', () => {
    const page = jobs(overviewOf([viewOf()], { lastSweep: undefined }), frame);
    expect(words(page)).toContain('none yet');
    expect(page).toContain('not swept yet');
    expect(page).toContain('Nothing in the last three days.');
    checkMarkup(page);
    expect(jobs(overviewOf([]), frame)).toContain('The list has no jobs');
  });

  test('1000 rows of hostile text: nothing of it is markup, and the page stays small', () => {
    const huge = HOSTILE + 'x'.repeat(400_000);
    const runs = Array.from({ length: 1_000 }, (_, i) =>
      runAt((i + 1) * MINUTE, {
        status: (['failed', 'crashed', 'timed_out', 'missed', 'skipped'] as const)[i % 5],
        error: { name: HOSTILE, message: huge },
        output: i % 3 === 0 ? null : huge,
        token: HOSTILE,
        logStream: HOSTILE,
      }),
    );
    const job = { ...deployed('report'), description: HOSTILE, timeZone: 'UTC' };
    const view = viewOf(runs, { job, paused: { by: HOSTILE, why: huge, since: NOTE.at } });
    const notes = [{ ...NOTE, by: HOSTILE, why: huge, outcome: huge }];
    const page = jobs(overviewOf([view], { attention: runs, notes }), frame);
    const ofJob = pageOf(jobView(view, notes, { who: HOSTILE, why: HOSTILE }, NOW, frame), {
      frame,
    });
    for (const one of [page, ofJob]) {
      checkMarkup(one);
      expect(one.length).toBeLessThan(LARGEST);
      expect(one).toContain('&lt;script&gt;');
    }
  });

  test('a long value is cut, with a link that shows the whole', () => {
    const run = runAt(MINUTE, { output: { text: 'x'.repeat(100_000) } });
    const [cut, whole] = [oneRun(run, frame), oneRun(run, frame, true)];
    expect(cut.match(/x{1000,}/)?.[0].length).toBeLessThan(4_001);
    expect(cut).toContain('show all of it');
    expect(cut).toMatch(name === 'page' ? /full=1/ : /&quot;full&quot;:true/);
    expect(whole.match(/x{1000,}/)?.[0]).toHaveLength(100_000);
    expect(whole).not.toContain('show all of it');
    const largest = oneRun(runAt(MINUTE, { output: HOSTILE + '<'.repeat(400_000) }), frame, true);
    checkMarkup(largest);
    expect(largest.length).toBeLessThan(LARGEST);
  });

  test('a run: its attempts, error, output of null, times and log', () => {
    const earlier = [{ attempt: 1, status: 'failed' as const, startedAt: NOTE.at, finishedAt: NOTE.at, error: { name: 'Error', message: 'first' } }]; // biome-ignore format: one line reads better
    const log = { logGroup: '/punctual/dev', logStream: '2026/03/01/f[$LATEST]0' };
    const run = runAt(MINUTE, { ...log, status: 'timed_out', attempt: 2, earlier, output: null, error: { name: 'TimeoutError', message: 'too long' } }); // biome-ignore format: one line reads better
    const page = oneRun(run, frame);
    for (const words of [
      'TimeoutError',
      'too long',
      'Error: first',
      '>null</pre>',
      'timed out',
      String(run.fence),
    ])
      expect(page).toContain(words);
    expect(page).toContain('/punctual/dev');
    expect(page.includes('console.aws.amazon.com')).toBe(name === 'widget');
    expect(page).toContain('Try again');
    checkMarkup(page);
    expect(oneRun(runAt(MINUTE), frame)).not.toContain('Try again');
  });

  test('a thousand busy jobs fit, all of them in trouble', () => {
    const huge = HOSTILE + 'x'.repeat(4_000);
    const error = { name: HOSTILE, message: huge };
    const runs = Array.from({ length: 288 }, (_, i) => {
      const ago = i * 5 * MINUTE;
      if (i % 3 === 0) return unrun(ago, { status: 'missed', reason: 'not_delivered' });
      return runAt(ago, i % 3 === 1 ? { status: 'failed', error } : {});
    });
    const held = { holderKey: 'h', holder: HOLDER, fence: 1, isDead: true };
    const views = Array.from({ length: 1_000 }, (_, i) =>
      viewOf(runs, {
        job: {
          ...deployed(`report@tenant-${i}-${'n'.repeat(24)}`, { pool: 'report' }),
          description: huge,
        },
        paused: { by: HOSTILE, why: huge, since: NOTE.at, until: NOTE.at },
        holders: [held, held],
        failures: 7,
      }),
    );
    const attention = views.flatMap(({ job: { name } }) =>
      runs.slice(0, 5).map((run) => ({ ...run, job: name })),
    );
    const notes = Array.from({ length: 20 }, () => ({ ...NOTE, why: huge, outcome: huge }));
    const page = jobs(overviewOf(views, { attention, notes }), frame, {
      find: 'report',
      worstFirst: true,
    });
    checkMarkup(page);
    expect(Buffer.byteLength(page)).toBeLessThan(LARGEST);
    expect(page.match(/class="pq-lane"/g)).toHaveLength(2 * 50);
  });
});

const [, [, PAGE]] = FRAMES as [(typeof FRAMES)[0], (typeof FRAMES)[0]];
const [[, WIDGET]] = FRAMES as [(typeof FRAMES)[0]];
/** The text of a page. */
const words = (page: string) =>
  page.replace(/<style>.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ');

test('attention is one line a kind of trouble, and what succeeded since comes last', () => {
  const missed = [1, 2, 3].map((h) =>
    unrun(h * HOUR, { status: 'missed', reason: 'not_delivered' }),
  );
  const failed = runAt(2 * HOUR, {
    job: 'other',
    status: 'failed',
    error: { name: 'E', message: 'no' },
  });
  const page = words(
    jobs(
      overviewOf([viewOf([runAt(MINUTE), ...missed])], { attention: [...missed, failed] }),
      PAGE,
    ),
  );
  const part = page.slice(page.indexOf('Needs attention'), page.indexOf('next tick'));
  expect(part).toMatch(
    /failed other 10:34 E: no .* missed: not_delivered report 11:34 3 ticks since 09:34/,
  );
  expect(part).toContain('succeeded since');
});

test('states: paused, off, running, dead, queued, failed in a row', () => {
  const held = { holderKey: 'report', holder: HOLDER, fence: 77 };
  const page = (more: Parameters<typeof viewOf>[1]) => jobs(overviewOf([viewOf([], more)]), PAGE);
  expect(words(page({}))).toContain('idle');
  const paused = page({ paused: { by: 'ada', why: 'x', since: NOTE.at }, failures: 5 });
  expect(words(paused)).toMatch(/paused by ada .*5 failed in a row.*will be skipped.*Resume/);
  expect(words(page({ holders: [{ ...held, isDead: false, level: 'critical' }] }))).toMatch(
    /running 4 min: critical/,
  );
  // Only what is dead can be freed.
  expect(page({ holders: [{ ...held, isDead: false }] })).not.toContain('Unlock');
  expect(page({ holders: [{ ...held, isDead: true }] })).toContain(
    'action=unlock&amp;job=report&amp;holder=report',
  );
});

test('a button of the widget carries what it asks and what it asks first; the page leads to a question', () => {
  const view = overviewOf([viewOf([], { paused: { by: 'ada', why: 'x', since: NOTE.at } })]);
  const [, json = ''] = />Resume<\/a><cwdb-action action="call" display="widget" endpoint="arn:[^"]+" confirmation="Resume report\?[^"]*">([^<]*)</.exec(jobs(view, WIDGET)) ?? []; // biome-ignore format: one line reads better
  expect(JSON.parse(json.replaceAll('&quot;', '"'))).toEqual({
    view: 'jobs',
    action: 'resume',
    job: 'report',
  });
  expect(jobs(view, PAGE)).toContain(
    'href="/?action=resume&amp;job=report&amp;view=confirm&amp;back=jobs"',
  );
  // Every action of the widget is right behind what is clicked.
  expect(jobs(view, WIDGET)).not.toMatch(/(?<!<\/a>)<cwdb-action/);
  expect(jobs(view, PAGE)).not.toContain('<cwdb-action');
});

test('a schedule that was made at run time says since when; a job of a pool was not', () => {
  const job = deployed('sync@tenant-1', { pool: 'sync' });
  const made = { ...job, since: NOTE.at };
  const page = (job: Deployed) => words(jobView(viewOf([], { job }), [], {}, NOW, PAGE).text); // biome-ignore format: one line reads better
  expect(page(made)).toContain('made at run time 2026-03-01 11:34:20 UTC');
  expect(page(job)).not.toContain('made at run time');
});

test('the question is a form that posts what was asked', () => {
  const page = confirmView({ action: 'pause', job: 'report' }, { view: 'job', job: 'report' }).text;
  const hidden = [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
  expect(Object.fromEntries(hidden.map(([, key, value]) => [key, value]))).toEqual({
    action: 'pause', job: 'report', view: 'job',
  }); // biome-ignore format: one line reads better
  expect(page).toMatch(/<form [^>]*method="post" action="\/">/);
  expect(page).toContain('name="until"');
  expect(page).toContain('href="/?view=job&amp;job=report"');
});

test('the theme is that of the dashboard, or whatever the browser prefers', () => {
  const empty = jobsView(jobsOf(overviewOf([])), {}, WIDGET);
  for (const theme of ['light', 'dark'] as const)
    expect(pageOf(empty, { theme, frame: WIDGET })).toMatch(
      new RegExp(`^<div class="pq" style="color-scheme:${theme}">`),
    );
  expect(pageOf(empty, { frame: WIDGET })).toContain('color-scheme:light dark');
  // A widget must not touch the dashboard around it.
  expect(pageOf(empty, { frame: WIDGET })).not.toContain('body {');
});
