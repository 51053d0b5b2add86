import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import type { Schedules } from '../../../core/schedule/settings.ts';
import type { SweepSummary } from '../../../functions/operator/sweeper.ts';
import { failing } from '../../support/every-store.ts';
import { refusing } from '../aws.ts';
import { contextOf, JOB, OPERATOR } from '../lambda.ts';
import { type Bench, startBench } from './bench.ts';

const EVERY_FIVE: Schedules = { [JOB]: { every: '5 minutes', retry: { delays: [] } } };
const AT = (minute: string) => `2026-03-01T09:${minute}Z`;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench(Date.parse('2026-03-01T09:04:00Z'));
});

/** The subjects of what was published since this was last asked. */
const subjects = () => bench.aws.published.splice(0).map(({ body }) => body.Subject);
const logged = () =>
  bench.printed.lines.filter(({ message }) => String(message).startsWith('alert: '));
const sweeps = () =>
  bench.printed.metrics.filter(({ Sweeps }) => Sweeps === 1).map(({ _aws, ...rest }) => rest);

/** Ticks of the job that fail for good. */
async function fails(...minutes: string[]): Promise<void> {
  for (const minute of minutes) {
    const job = bench.jobOf(JOB);
    job.limits.retryDelays = [];
    await job.deliver(AT(minute), failing);
  }
}

test('a run that failed for good is told once: an e-mail that helps, attributes to filter by, a line', async () => {
  await bench.sweep(EVERY_FIVE);
  bench.pass(1);
  await fails('05');
  bench.pass(4);
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 1 });
  expect(bench.aws.published).toHaveLength(1);
  const { TopicArn, Subject, Message, ...more } = bench.aws.published[0]?.body ?? {};
  expect({ TopicArn, Subject }).toEqual({
    TopicArn: OPERATOR.PUNCTUAL_ALERTS_TOPIC,
    Subject: `[punctual-dev] ${JOB} failed`,
  });
  expect(Message).toContain('failed in its only attempt: Error: no luck');
  expect(Message).toContain(`npx punctual show ${JOB} ${AT('05')}`);
  expect(Message).toContain('https://eu-central-1.console.aws.amazon.com/cloudwatch/home');
  expect(Object.values(more)).toEqual(expect.arrayContaining(['kind', 'failed', 'job', JOB]));
  expect(logged()).toMatchObject([
    {
      level: 'WARN',
      message: `alert: ${JOB} failed`,
      alert: { kind: 'failed', job: JOB, count: 1, news: [{ tick: AT('05'), attempt: 1 }] },
    },
  ]);
  expect(sweeps().at(-1)).toMatchObject({ Alerts: 1 });
  bench.pass(5);
  await bench.jobOf(JOB).deliver(AT('10'));
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 0 });
  expect(subjects()).toHaveLength(1);
  // The row is as it was, and stands among those that failed.
  expect(await bench.ledger.readRun(JOB, AT('05'))).toMatchObject({ status: 'failed' });
});

test('an hour without EventBridge is one message, which names its ticks', async () => {
  await bench.sweep(EVERY_FIVE);
  bench.pass(60);
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ missed: 11, told: 11 });
  const [message, ...others] = bench.aws.published.map(({ body }) => body);
  expect(others).toEqual([]);
  expect(message?.Subject).toBe(`[punctual-dev] ${JOB} missed 11 ticks`);
  for (let minute = 5; minute <= 55; minute += 5)
    expect(message?.Message).toContain(AT(String(minute).padStart(2, '0')));
  bench.pass(1);
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 0 });
});

test('what is caught up is told, too: the newest runs, and the others have it stand for them', async () => {
  const list: Schedules = { [JOB]: { every: '5 minutes', catchUp: 'latest' } };
  await bench.sweep(list);
  bench.pass(20);
  expect(await bench.sweep(list)).toMatchObject({ missed: 1, skipped: 2, told: 3 });
  const text = String(bench.aws.published[0]?.body.Message);
  for (const minute of ['05', '10', '15']) expect(text).toContain(AT(minute));
  expect(subjects()).toEqual([`[punctual-dev] ${JOB} missed 3 ticks`]);
  // It did not come, and a newer one ran: the next sweep closes it, and has nothing to tell.
  await bench.jobOf(JOB).deliver(AT('20'));
  bench.pass(3);
  expect(await bench.sweep(list)).toMatchObject({ skipped: 1, told: 0 });
  expect(await bench.ledger.readRun(JOB, AT('15'))).toMatchObject({ reason: 'superseded' });
  expect(subjects()).toEqual([]);
});

test('what another sweep wrote and died of is caught up, and told', async () => {
  const list: Schedules = { [JOB]: { every: '5 minutes', catchUp: 'all' } };
  await bench.sweep(list);
  // Its row says that it will be, and neither a delivery nor an alert was made.
  await bench.ledger.record(
    {
      job: JOB,
      tick: AT('00'),
      status: 'missed',
      reason: 'misfire',
      fence: 0,
      token: 'late',
      attempt: 0,
      trigger: 'schedule',
      finishedAt: '2026-03-01T09:04:00.000Z',
      retryAt: '2026-03-01T09:04:00.000Z',
    },
    bench.time.clock(),
  );
  bench.pass(4);
  expect(await bench.sweep(list)).toMatchObject({ waiting: 1, told: 1 });
  expect(bench.aws.requests).toMatchObject([
    { body: { scheduledTime: AT('00'), trigger: 'catch-up' } },
  ]);
  expect(subjects()).toEqual([`[punctual-dev] ${JOB} missed a tick`]);
});

test('four copies of one sweep give one message', async () => {
  await bench.sweep(EVERY_FIVE);
  bench.pass(1);
  await fails('05');
  bench.pass(29);
  bench.deploy(EVERY_FIVE);
  const { handler } = await import('../../../functions/operator/sweeper.ts');
  const copies = await Promise.all(
    Array.from({ length: 4 }, () => handler({}, contextOf('sweeper', 300_000))),
  );
  const told = copies.map((summary: SweepSummary) => summary.told).filter((count) => count > 0);
  bench.pass(5);
  await bench.sweep(EVERY_FIVE);
  expect(subjects().sort()).toEqual([
    `[punctual-dev] ${JOB} failed`,
    `[punctual-dev] ${JOB} missed 4 ticks`,
    `[punctual-dev] ${JOB} missed a tick`,
  ]);
  expect(told).toEqual([5]);
});

test('SNS refuses: the line says so, and the next sweep tells; nothing is told twice', async () => {
  await bench.sweep(EVERY_FIVE);
  bench.pass(1);
  await fails('05');
  const { answers } = bench.aws;
  bench.aws.answers = refusing('AuthorizationError', 403);
  bench.pass(3);
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 0 });
  expect(subjects()).toHaveLength(1);
  expect(bench.printed.saying('alert not published')).toMatchObject([
    { level: 'ERROR', alert: { kind: 'failed', job: JOB } },
  ]);
  expect(logged()).toEqual([]);
  bench.aws.answers = answers;
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 1 });
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 0 });
  expect(subjects()).toHaveLength(1);
  expect(logged()).toHaveLength(1);
});

test('while another sweep is telling, this one does not; where that died, the next does', async () => {
  await bench.sweep(EVERY_FIVE);
  bench.pass(1);
  await fails('05');
  await bench.jobOf(JOB).pauses();
  await bench.store.client.send(
    new UpdateItemCommand({
      TableName: 'locks',
      Key: { lock: { S: 'sweeper:' } },
      UpdateExpression: 'SET tellingUntil = :until',
      ExpressionAttributeValues: { ':until': { N: String(bench.time.clock() + 120_000) } },
    }),
  );
  bench.pass(1);
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 0 });
  bench.pass(1);
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 2 });
  expect(subjects().sort()).toEqual([
    `[punctual-dev] ${JOB} failed`,
    `[punctual-dev] ${JOB} is paused`,
  ]);
});

test('a pause is told, and its end: by a person, or because its time is over', async () => {
  const job = bench.jobOf(JOB);
  await bench.sweep(EVERY_FIVE);
  await job.pauses({ until: '2026-03-01T09:20:00.000Z' });
  for (const told of [1, 0]) {
    bench.pass(2);
    expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told });
    expect(sweeps().at(-1)).toMatchObject({ Paused: 1 });
  }
  expect(bench.aws.published[0]?.body.Message).toContain(`npx punctual resume ${JOB}`);
  expect(subjects()).toEqual([`[punctual-dev] ${JOB} is paused`]);
  expect(logged().at(-1)?.alert).toMatchObject({
    news: [{ why: expect.stringMatching(/by ada.*audit/) }],
  });
  bench.pass(12);
  for (const minute of ['05', '10']) await job.deliver(AT(minute));
  expect(await bench.sweep(EVERY_FIVE)).toMatchObject({ told: 1 });
  expect((await job.lock())?.paused).toEqual({});
  expect(bench.aws.published[0]?.body.Message).toContain('its time was over');
  expect(subjects()).toEqual([`[punctual-dev] ${JOB} runs again`]);
  expect(sweeps().at(-1)).toMatchObject({ Paused: 0 });
});

test('a run that takes too long is told of at each level, once', async () => {
  const list: Schedules = { slow: { cron: '0 12 * * ? *', timeout: '15 minutes' } };
  await bench.sweep(list);
  const slow = bench.jobOf('slow');
  slow.timeout = 15 * 60_000;
  slow.limits.retryDelays = [];
  await slow.dies('2026-03-01T09:00Z', { trigger: 'manual' });
  const told: unknown[] = [];
  for (let minutes = 0; minutes < 20; minutes++) {
    bench.pass(1);
    await bench.sweep(list);
    told.push(...subjects().map((subject) => `${minutes + 1}: ${subject}`));
  }
  expect(told).toEqual([
    '8: [punctual-dev] slow is overdue: warning',
    '12: [punctual-dev] slow is overdue: critical',
    '15: [punctual-dev] slow is overdue: emergency',
    '16: [punctual-dev] slow failed',
  ]);
  const counts = sweeps().map(({ Overdue }) => Overdue);
  expect(counts.filter((count) => count === 1)).toHaveLength(8);
  expect(counts.at(-1)).toBe(0);
});
