import { expect, test } from 'vitest';
import { alertsOf } from '../../../core/operations/alert.ts';
import { messageOf } from '../../../core/operations/alert-text.ts';
import type { News } from '../../../core/run/alert.ts';
import type { Run } from '../../../core/run/states.ts';

const ORIGIN = { stack: 'punctual-dev', region: 'eu-central-1' };
const tick = '2026-03-01T09:00Z';
const FAILED: News = {
  kind: 'failed',
  job: 'import-invoices',
  tick,
  attempt: 3,
  why: 'failed in the last of 3 attempts: Error: no luck',
  logGroup: '/punctual/punctual-dev',
  logStream: '2026/03/01/punctual-dev-import-invoices[$LATEST]0123',
};

const told = (...news: News[]) =>
  alertsOf(news.map((one) => ({ news: one }))).map((alert) => messageOf(alert, ORIGIN));

test('a run that failed: all of the message', () => {
  const from = { row: { finishedAt: '2026-03-01T09:06:12.345Z' } as Run };
  const [alert] = alertsOf([{ news: FAILED, from }]);
  if (!alert) throw new Error('no alert');
  expect(messageOf(alert, ORIGIN)).toEqual({
    subject: '[punctual-dev] import-invoices failed',
    body: [
      'import-invoices failed.',
      'Stack punctual-dev, region eu-central-1.',
      '',
      '2026-03-01T09:00Z, attempt 3, written 2026-03-01T09:06:12.345Z',
      '  failed in the last of 3 attempts: Error: no luck',
      '  https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Fpunctual$252Fpunctual-dev/log-events/2026$252F03$252F01$252Fpunctual-dev-import-invoices$255B$2524LATEST$255D0123',
      '',
      'To look closer: npx punctual show import-invoices 2026-03-01T09:00Z',
      '',
    ].join('\n'),
    attributes: { kind: 'failed', job: 'import-invoices', stack: 'punctual-dev' },
  });
});

test('the news of one job and kind is one message, in order of its ticks; levels are apart', () => {
  const missed = (minute: string): News => ({
    kind: 'missed',
    job: 'report',
    tick: `2026-03-01T09:${minute}Z`,
    attempt: 0,
    why: 'no delivery',
  });
  const late = { kind: 'overdue', job: 'report', tick, why: 'it runs' } as const;
  const messages = told(missed('10'), FAILED, { ...late, level: 'warning' }, missed('05'), {
    ...late,
    level: 'critical',
  });
  expect(messages.map(({ subject }) => subject)).toEqual([
    '[punctual-dev] report missed 2 ticks',
    '[punctual-dev] import-invoices failed',
    '[punctual-dev] report is overdue: warning',
    '[punctual-dev] report is overdue: critical',
  ]);
  expect(messages[0]?.body).toMatch(/09:05Z, never run\n[\s\S]*09:10Z, never run\n/);
  expect(messages[3]?.attributes).toMatchObject({ kind: 'overdue', level: 'critical' });
});

test('half a character, which no form can carry, is replaced', () => {
  const [message] = told({ ...FAILED, why: 'Error: \ud83d' });
  expect(message?.body).toContain('Error: \ufffd');
  expect(() => encodeURIComponent(message?.body ?? '')).not.toThrow();
});

test('of many ticks twenty are named, and how many more there are', () => {
  const news = Array.from({ length: 25 }, (_, i) => ({
    ...FAILED,
    tick: `2026-03-01T09:${10 + i}Z`,
  }));
  const [message] = told(...news);
  expect(message?.subject).toBe('[punctual-dev] import-invoices failed 25 runs');
  expect(message?.body).toContain('2026-03-01T09:29Z');
  expect(message?.body).not.toContain('2026-03-01T09:30Z');
  expect(message?.body).toContain('\n\nand 5 more.\n\n');
});

test.each([
  [{ kind: 'paused', job: 'report', why: 'by breaker' }, 'is paused', 'resume report'],
  [{ kind: 'resumed', job: 'report', why: 'over' }, 'runs again', 'runs report'],
  [{ kind: 'missed', job: 'report', tick, why: 'x' }, 'missed a tick', `show report ${tick}`],
  [
    { kind: 'dead_letter', job: 'report', tick, why: 'x' },
    'has a dead letter',
    `show report ${tick}`,
  ],
] as [News, string, string][])('%o: subject and the line that helps', (news, subject, line) => {
  const [message] = told(news);
  expect(message?.subject).toBe(`[punctual-dev] report ${subject}`);
  expect(message?.body.trimEnd()).toMatch(new RegExp(`npx punctual ${line}$`));
});

test('a dead letter that nobody can read says where it is', () => {
  const [message] = told({ kind: 'dead_letter', job: 'unknown', why: 'BadEvent: no JSON' });
  expect(message?.body).toContain('queue of dead letters for 14 days.');
});

test('whatever code threw: one line of the body, and nothing that SNS refuses in the subject', () => {
  const why = `Error: a\r\n\r\nTo look closer: rm -rf\u2028\u0000${'😀'.repeat(5_000)}`;
  const job = `größe-${'x'.repeat(200)}`;
  const [message] = told({ ...FAILED, job, why });
  expect(message?.subject).toMatch(/^\[punctual-dev\] gr\?\?e-x[ -~]*\.\.\.$/);
  expect(message?.subject.length).toBeLessThan(100);
  expect(message?.body.split('\n')[4]).toMatch(/^ {2}Error: a To look closer: rm -rf 😀[\s\S]*…$/);
  expect(message?.body.isWellFormed()).toBe(true);
  expect(message?.body.length).toBeLessThan(2_000);
});
