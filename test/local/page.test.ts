import { expect, test } from 'vitest';
import { History } from '../../local/history.ts';
import { page } from '../../local/page.ts';
import type { Report } from '../../local/report.ts';
import type { ScheduleResource } from '../../local/resources.ts';

const NOW = Date.parse('2026-03-01T00:03Z');
const HOSTILE = `<script>alert("1")</script>&'`;

function scheduleOf(job: string, expression: string, enabled = true): ScheduleResource {
  const rest = { arn: '', timeZone: 'UTC', windowMinutes: 0, functionName: '', input: '' };
  return { ...rest, job, expression, enabled };
}

function pageOf(
  schedules: ScheduleResource[],
  runs: Report[] = [],
  subjects: string[] = [],
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
  return page({ now: NOW, schedules, history, emails });
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
    scheduleOf('sweep', 'cron(0/10 * * * ? *)'),
    scheduleOf('sweep', 'cron(5 * * * ? *)'),
    scheduleOf('sweep', 'cron(4 * * * ? *)', false),
  ]);
  expect(html.match(/<td>sweep<\/td>/g)).toHaveLength(1);
  expect(html).toContain(
    '<code>cron(0/10 * * * ? *)</code> UTC<br><code>cron(5 * * * ? *)</code> UTC',
  );
  expect(html).toContain('<td>2026-03-01 00:05</td>');
});

test('shows the last runs, newest first, and what the newest did', () => {
  const runs: Report[] = [{ ...run, status: 'failed' }, run];
  const html = pageOf([scheduleOf('sweep', 'cron(0 * * * ? *)')], runs);
  expect([...html.matchAll(/<span class="(\w+)"/g)].map(([, status]) => status)).toEqual([
    'succeeded',
    'failed',
  ]);
  expect(html).toContain('succeeded, 7 ms: failed 3');
});

test('shows the e-mails, newest first', () => {
  const html = pageOf([], [], ['first', 'second']);
  expect(html).toContain('E-mails (2)');
  expect(html.indexOf('text of second')).toBeLessThan(html.indexOf('text of first'));
  expect(html).toContain('to you@there');
});

test('escapes everything that comes from outside', () => {
  const html = pageOf(
    [scheduleOf(HOSTILE, 'at(2026-03-01T09:00:00)')],
    [{ ...run, job: HOSTILE, text: HOSTILE }],
    [HOSTILE],
  );
  expect(html).not.toContain('<script');
  expect(
    html.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&amp;&#39;/g),
  ).toHaveLength(4);
});

test('needs no script and loads itself again', () => {
  const html = pageOf([scheduleOf('sweep', 'cron(0 * * * ? *)')]);
  expect(html).toContain('<meta http-equiv="refresh"');
  expect(html).not.toMatch(/<script|onclick|javascript:/);
});
