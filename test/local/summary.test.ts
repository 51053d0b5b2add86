import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTables, type Database, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import {
  isSound,
  type Summary,
  type SummaryInput,
  summarize,
  tableOfSummary,
} from '../../local/summary.ts';
import { scheduleOf } from './parts.ts';

let database: Database;
let client: DynamoDBClient;

beforeAll(async () => {
  database = await startDynamoDB('dynalite');
  client = localClient(database.endpoint);
  await createTables(client, [
    {
      logicalId: 'Runs',
      name: 'runs',
      keySchema: [
        { AttributeName: 'job', KeyType: 'HASH' },
        { AttributeName: 'tick', KeyType: 'RANGE' },
      ],
      attributes: [
        { AttributeName: 'job', AttributeType: 'S' },
        { AttributeName: 'tick', AttributeType: 'S' },
      ],
      indexes: [],
    },
  ]);
  const rows = {
    '23:50': 'failed',
    '00:00': 'succeeded',
    '00:10': 'timed_out',
    '00:20': 'skipped',
    '00:25': 'failed',
    '00:50': 'failed',
  };
  for (const [time, status] of Object.entries(rows)) {
    const tick = `2026-0${time > '12' ? '2-28' : '3-01'}T${time}Z`;
    const Item = {
      job: { S: 'sweep' },
      tick: { S: tick },
      status: { S: status },
      ...(time === '00:50' && { retryAt: { S: '2026-03-01T01:01:00.000Z' } }),
    };
    await client.send(new PutItemCommand({ TableName: 'runs', Item }));
  }
});

afterAll(async () => {
  client.destroy();
  await database.stop();
});

const scheduled = (job: string, expression: string, enabled = true) =>
  scheduleOf({ job, expression, enabled });

const left = { schedules: 0, messages: 0, poison: 0 };

function summaryOf(more: Partial<SummaryInput> = {}): Promise<Summary> {
  return summarize({
    client,
    runsTable: 'runs',
    schedules: [
      scheduled('sweep', 'cron(0/10 * * * ? *)'),
      scheduled('off', 'cron(0/10 * * * ? *)', false),
    ],
    from: Date.parse('2026-03-01T00:00Z'),
    to: Date.parse('2026-03-01T00:40Z'),
    withdrawn: [],
    duplicates: new Map([['sweep', 5]]),
    left,
    ...more,
  });
}

const none = {
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  crashed: 0,
  skipped: 0,
  missed: 0,
  waiting: 0,
  duplicates: 0,
};

test('counts the rows of the expected ticks, and no others', async () => {
  expect(await summaryOf()).toEqual({
    from: '2026-03-01T00:00Z',
    to: '2026-03-01T00:40Z',
    jobs: {
      sweep: { ...none, expected: 4, succeeded: 1, timedOut: 1, skipped: 1, duplicates: 5 },
      off: { ...none, expected: 0 },
    },
    withoutRow: 1, // 00:30
    left,
  });
});

test('a tick of several schedules of a job is one', async () => {
  const schedules = [
    scheduled('sweep', 'cron(0/20 * * * ? *)'),
    scheduled('sweep', 'cron(0/10 * * * ? *)'),
  ];
  expect((await summaryOf({ schedules })).jobs.sweep?.expected).toBe(4);
});

test('what was withdrawn is not expected', async () => {
  const { jobs, withoutRow } = await summaryOf({
    withdrawn: [{ job: 'sweep', tick: '2026-03-01T00:30Z' }],
  });
  expect([jobs.sweep?.expected, withoutRow]).toEqual([3, 0]);
});

test('is sound only where every tick has its row and none failed', async () => {
  const minutes = (from: number, to: number) => ({
    from: Date.parse('2026-03-01T00:00Z') + from * 60_000,
    to: Date.parse('2026-03-01T00:00Z') + to * 60_000,
  });
  expect(isSound(await summaryOf(minutes(0, 10)))).toBe(true); // succeeded
  expect(isSound(await summaryOf(minutes(20, 30)))).toBe(true); // skipped
  expect(isSound(await summaryOf(minutes(10, 20)))).toBe(false); // timed out
  expect(isSound(await summaryOf(minutes(30, 40)))).toBe(false); // no row
  expect(isSound(await summaryOf(minutes(50, 60)))).toBe(true); // to be tried again
});

test('a failure that will be tried again is waiting', async () => {
  const { jobs } = await summaryOf({
    from: Date.parse('2026-03-01T00:50Z'),
    to: Date.parse('2026-03-01T01:00Z'),
  });
  expect(jobs.sweep).toEqual({ ...none, expected: 1, waiting: 1, duplicates: 5 });
});

test('says what is left to do', async () => {
  const [title] = tableOfSummary(
    await summaryOf({ left: { schedules: 1, messages: 2, poison: 3 } }),
  ).split('\n');
  expect(title).toBe(
    '2026-03-01T00:00Z to 2026-03-01T00:40Z: 1 tick left no row; 1 one-time schedule still to fire; 2 messages still to be dealt with; 3 poison messages in a dead-letter queue',
  );
});

test('the table for people is aligned and ends with the totals', async () => {
  const [title, head, ...rows] = tableOfSummary(await summaryOf()).split('\n');
  expect(title).toBe('2026-03-01T00:00Z to 2026-03-01T00:40Z: 1 tick left no row');
  expect(new Set([head, ...rows].map((line) => line?.length)).size).toBe(1);
  expect(rows.at(-1)?.split(/\s+/)).toEqual(['all', '4', '1', '0', '1', '0', '1', '0', '0', '5']);
});
