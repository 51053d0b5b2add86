import { expect, test } from 'vitest';
import { Html } from '../../functions/console/html.ts';
import { outboxPage } from '../../local/outbox.ts';
import { consolePage, type PageInput } from '../../local/page.ts';

const NOW = Date.parse('2026-03-01T00:03Z');
const HOSTILE = `<script>alert("1")</script>&'`;

const alertOf = (subject: string) => ({
  time: NOW,
  topicArn: 'arn',
  subject,
  text: `text of ${subject}`,
  attributes: { job: 'sweep', kind: 'failed' },
});

const emailOf = (subject: string) => ({
  time: NOW,
  from: 'a@b',
  to: ['you@there'],
  subject,
  text: `text of ${subject}`,
});

const pageOf = (more: Partial<PageInput> = {}) =>
  consolePage({
    shown: { html: new Html('<b>what the console says</b>'), isOutcome: false },
    asked: {},
    now: NOW,
    left: { schedules: 0, messages: 0, poison: 0 },
    alerts: [],
    emails: [],
    ...more,
  });

test('shows what the console says as it is, and the simulated time', () => {
  const page = pageOf();
  expect(page).toContain('<b>what the console says</b>');
  expect(page).toContain('2026-03-01 00:03:00 UTC');
  expect(page).toContain('0 alerts, 0 e-mails');
});

test('says what there is still to do, and what nobody will do', () => {
  expect(pageOf()).not.toContain('still');
  expect(pageOf({ left: { schedules: 2, messages: 0, poison: 1 } })).toContain(
    '<p>2 one-time schedules still to fire; 1 poison message in a dead-letter queue</p>',
  );
});

test('names the last alert', () => {
  const page = pageOf({ alerts: [alertOf('first'), alertOf('second')], emails: [emailOf('x')] });
  expect(page).toContain('2 alerts, 1 e-mail.');
  expect(page).toContain('The last alert: 2026-03-01 00:03:00 second');
  expect(page).not.toContain('first');
});

test.each<[string, boolean, Partial<PageInput>]>([
  ['the list of jobs', true, {}],
  ['the list of jobs, by its name', true, { asked: { view: 'jobs' } }],
  ['a job', false, { asked: { view: 'job', job: 'sweep' } }],
  ['a form', false, { asked: { action: 'pause', job: 'sweep' } }],
  [
    'a list that asks for a name',
    false,
    { shown: { html: new Html('<form><input></form>'), isOutcome: false } },
  ],
  ['what came of an action', false, { shown: { html: new Html(''), isOutcome: true } }],
])('%s loads itself again: %s', (_, isLive, more) => {
  expect(pageOf(more).includes('<meta http-equiv="refresh"')).toBe(isLive);
});

test('the outbox shows alerts and e-mails, newest first', () => {
  const page = outboxPage({
    alerts: [alertOf('failed'), alertOf('missed')],
    emails: [emailOf('first'), emailOf('second')],
  });
  expect(page).toContain('Alerts (2)');
  expect(page).toContain('job sweep, kind failed');
  expect(page).toContain('E-mails (2)');
  expect(page).toContain('to you@there');
  const order = ['missed', 'failed', 'second', 'first'].map((it) => page.indexOf(`text of ${it}`));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
});

test('the outbox is cut, and may be empty', () => {
  expect(outboxPage({ alerts: [], emails: [] })).toContain('None yet.');
  const emails = Array.from({ length: 60 }, (_, index) => emailOf(`number ${index}`));
  const page = outboxPage({ alerts: [], emails });
  expect(page).toContain('E-mails (60)');
  expect(page.match(/<h3>/g)).toHaveLength(50);
  expect(page).not.toContain('<h3>number 9<');
});

test('escapes everything that comes from outside', () => {
  const sent = { alerts: [alertOf(HOSTILE)], emails: [emailOf(HOSTILE)] };
  for (const page of [pageOf(sent), outboxPage(sent)]) expect(page).not.toContain('<script');
  expect(outboxPage(sent).match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;/g)).toHaveLength(4);
});
