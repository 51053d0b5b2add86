import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import { StoreError } from '../../../core/ledger/errors.ts';
import { pauseBetweenRounds, withTries } from '../../../core/ledger/tries.ts';

/** A try takes so many milliseconds. */
const TAKES = 40;

let now: number;
let waits: number[];
let lines: [message: string, extra: Record<string, unknown>][];
let random: number;
beforeEach(() => {
  now = Date.parse('2026-03-01T09:00Z');
  waits = [];
  lines = [];
  random = 0.999;
});

/** Sends through `withTries` to a store that answers this, one answer a try. */
async function send(...answers: unknown[]) {
  let tries = 0;
  const result = await withTries(
    'acquire',
    async () => {
      now += TAKES;
      const given = answers[Math.min(tries++, answers.length - 1)];
      if (given instanceof Error) throw given;
      return given;
    },
    {
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
      random: () => random,
      clock: () => now,
      log: { warn: (message, extra) => lines.push([message, extra]) },
    },
  ).catch((error: unknown) => error);
  return { result, tries };
}

const metadata = { $metadata: {}, message: 'no' };
const away = Object.assign(new Error('connect ECONNREFUSED\n  a hint'), { code: 'ECONNREFUSED' });
const throttled = new ProvisionedThroughputExceededException(metadata);
const denied = Object.assign(new Error('not authorized to perform: dynamodb:UpdateItem'), {
  name: 'AccessDeniedException',
  $fault: 'client',
});

test('an answer at once: one try, no wait, not a word', async () => {
  expect(await send('granted')).toEqual({ result: 'granted', tries: 1 });
  expect([waits, lines]).toEqual([[], []]);
});

test('an answer after trouble is an answer', async () => {
  expect(await send(away, throttled, 'granted')).toEqual({ result: 'granted', tries: 3 });
  expect(lines).toHaveLength(2);
});

test('five tries, then a StoreError that says why, and for how long', async () => {
  random = 0.5;
  const { result, tries } = await send(away, throttled);
  expect(tries).toBe(5);
  expect(result).toBeInstanceOf(StoreError);
  const elapsed = 5 * TAKES + 125 + 250 + 500 + 1000;
  expect(result).toMatchObject({ trouble: 'throttled', elapsed, cause: throttled });
  expect((result as Error).message).toBe(
    `acquire: throttled after 5 tries in ${elapsed} ms; ProvisionedThroughputExceededException: no`,
  );
});

test('waits at most 250 ms, doubled up to 2 s', async () => {
  await send(away);
  expect(waits).toEqual([250, 500, 1000, 2000].map((longest) => random * longest));
});

test('waits at least nothing: full jitter', async () => {
  random = 0;
  await send(away);
  expect(waits).toEqual([0, 0, 0, 0]);
});

test('each failed try is a line with its kind, number and time so far', async () => {
  random = 0;
  await send(away, throttled, away);
  const line = { request: 'acquire', trouble: 'unavailable' };
  const cause = 'Error: connect ECONNREFUSED';
  expect(lines).toEqual([
    ['store try failed', { ...line, tries: 1, elapsed: TAKES, cause }],
    [
      'store try failed',
      {
        ...line,
        trouble: 'throttled',
        tries: 2,
        elapsed: 2 * TAKES,
        cause: 'ProvisionedThroughputExceededException: no',
      },
    ],
    ['store try failed', { ...line, tries: 3, elapsed: 3 * TAKES, cause }],
    ['store try failed', { ...line, tries: 4, elapsed: 4 * TAKES, cause }],
    ['store try failed', { ...line, tries: 5, elapsed: 5 * TAKES, cause }],
  ]);
});

test('denied: one try, since another can not help', async () => {
  const { result, tries } = await send(denied, 'granted');
  expect(tries).toBe(1);
  expect(waits).toEqual([]);
  expect(result).toMatchObject({
    name: 'StoreError',
    trouble: 'denied',
    message:
      'acquire: denied after 1 try; AccessDeniedException: not authorized to perform: dynamodb:UpdateItem',
  });
});

test.each([
  ['a refused condition is an answer', new ConditionalCheckFailedException(metadata)],
  [
    'a malformed request is a mistake of ours',
    Object.assign(new Error('no'), { name: 'ValidationException', $fault: 'client' }),
  ],
])('%s: passed on as it is, not tried again', async (_, error) => {
  expect(await send(error, 'granted')).toEqual({ result: error, tries: 1 });
  expect([waits, lines]).toEqual([[], []]);
});

test('who loses the lock again and again waits up to twice as long each time, a second at most', async () => {
  const most: number[] = [];
  const sleep = async (ms: number) => void most.push(ms);
  for (const lost of [1, 2, 3, 6, 7, 30])
    await pauseBetweenRounds(lost, { sleep, random: () => 1 });
  expect(most).toEqual([20, 40, 80, 640, 1_000, 1_000]);
});
