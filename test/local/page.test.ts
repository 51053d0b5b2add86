import { expect, test } from 'vitest';
import { History } from '../../local/history.ts';
import type { Left } from '../../local/left.ts';
import { page } from '../../local/page.ts';
import type { Report } from '../../local/report.ts';
import type { ScheduleResource } from '../../local/resources.ts';
import { scheduleOf } from './parts.ts';

const NOW = Date.parse('2026-03-01T00:03Z');
const HOSTILE = `<script>alert("1")</script>&'`;

const scheduled = (job: string, expression: string, enabled = true) =>
  scheduleOf({ job, expression, enabled });

function pageOf(
  schedules: ScheduleResource[],
  runs: Report[] = [],
  subjects: string[] = [],
  left: Left = { schedules: 0, messages: 0, poison: 0 },
): string {
  const history = new History();
  for (const run of runs) history.add(run);
  const emails = subjects.map((subject) => ({
    time: NOW,
    from: 'a@b',
    to: ['you@there'],
    subject,
    text: `text of ${subject}`,
  }));
  return page({ now: NOW, schedules, history, emails, left });
}

const run: Report = {
  job: 'sweep',
  status: 'succeeded',
  time: NOW,
  durationMs: 7,
  text: 'failed 3',
};

test('shows each job once, with its schedules and the soonest tick of the enabled ones', () => {
  const html = pageOf([
    scheduled('sweep', 'cron(0/10 * * * ? *)'),
    scheduled('sweep', 'cron(5 * * * ? *)'),
    scheduled('sweep', 'cron(4 * * * ? *)', false),
  ]);
  expect(html.match(/<td>sweep<\/td>/g)).toHaveLength(1);
  expect(html).toContain(
    '<code>cron(0/10 * * * ? *)</code> UTC<br><code>cron(5 * * * ? *)</code> UTC',
  );
  expect(html).toContain('<td>2026-03-01 00:05</td>');
});

test('shows the last runs, newest first, and what the newest did', () => {
  const runs: Report[] = [{ ...run, status: 'failed' }, run];
  const html = pageOf([scheduled('sweep', 'cron(0 * * * ? *)')], runs);
  expect([...html.matchAll(/<span class="(\w+)"/g)].map(([, status]) => status)).toEqual([
    'succeeded',
    'failed',
  ]);
  expect(html).toContain('succeeded, 7 ms: failed 3');
});

test('a failure that will be tried again is waiting', () => {
  const runs: Report[] = [{ ...run, status: 'failed', retryAt: '2026-03-01T00:06:00Z' }];
  expect(pageOf([scheduled('sweep', 'cron(0 * * * ? *)')], runs)).toContain(
    '<span class="waiting" title="2026-03-01 00:03:00 waiting">',
  );
});

test('says what there is still to do, and what nobody will do', () => {
  expect(pageOf([])).not.toContain('still');
  const left = { schedules: 2, messages: 0, poison: 1 };
  expect(pageOf([], [], [], left)).toContain(
    '<p class="failed">2 one-time schedules still to fire; 1 poison message in a dead-letter queue</p>',
  );
});

test('shows the e-mails, newest first', () => {
  const html = pageOf([], [], ['first', 'second']);
  expect(html).toContain('E-mails (2)');
  expect(html.indexOf('text of second')).toBeLessThan(html.indexOf('text of first'));
  expect(html).toContain('to you@there');
});

test('escapes everything that comes from outside', () => {
  const html = pageOf(
    [scheduled(HOSTILE, 'at(2026-03-01T09:00:00)')],
    [{ ...run, job: HOSTILE, text: HOSTILE }],
    [HOSTILE],
  );
  expect(html).not.toContain('<script');
  expect(
    html.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&amp;&#39;/g),
  ).toHaveLength(4);
});

test('needs no script and loads itself again', () => {
  const html = pageOf([scheduled('sweep', 'cron(0 * * * ? *)')]);
  expect(html).toContain('<meta http-equiv="refresh"');
  expect(html).not.toMatch(/<script|onclick|javascript:/);
});
