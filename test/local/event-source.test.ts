import { describe, expect, test } from 'vitest';
import type { Invocation } from '../../local/async-invoker.ts';
import { Clock } from '../../local/clock.ts';
import type { Answer } from '../../local/environment.ts';
import { EventSource } from '../../local/event-source.ts';
import { OpenWork } from '../../local/open-work.ts';
import { Queue } from '../../local/queue.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { functionNamed, queueNamed } from './parts.ts';

const START = Date.parse('2026-03-01T00:00Z');
const failures = queueNamed('failures');

interface Record {
  messageId: string;
  body: string;
}
interface Event {
  Records: Record[];
}

/** A consumer that answers each batch as `answer` says. */
function sourceWith(
  answer: (records: Record[], call: number) => Answer | Promise<Answer>,
  { partial = true, batchSize = 10 } = {},
) {
  const real = new HandMadeTime();
  const clock = new Clock(START, Number.POSITIVE_INFINITY, real);
  const open = new OpenWork();
  const queue = new Queue(failures, clock);
  const events: Event[] = [];
  const heard: Invocation[] = [];
  const batches: Array<{ minute: number; bodies: string[] }> = [];
  const fn = {
    resource: functionNamed('app-finalizer'),
    invoke: async (event: unknown) => {
      const { Records } = event as Event;
      events.push({ Records });
      const minute = (clock.now() - START) / 60_000;
      batches.push({ minute, bodies: Records.map(({ body }) => body) });
      // As every function does that runs, or its messages would come back meanwhile.
      const release = clock.hold();
      return Promise.resolve(answer(Records, batches.length)).finally(release);
    },
  };
  const resource = { queueArn: failures.arn, functionName: fn.resource.name, batchSize, partial };
  const hear = (invocation: Invocation) => heard.push(invocation);
  new EventSource({ resource, queue, fn, clock, open, heard: hear });
  clock.start();
  return { real, open, queue, events, heard, batches };
}

const fine = (): Answer => ({ payload: { batchItemFailures: [] } });
const broken = (): Answer => ({ error: { errorType: 'Error', errorMessage: 'store away' } });
const failing = (...ids: unknown[]): Answer => ({
  payload: { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) },
});

test("hands over what is there at once, in SQS's own form", async () => {
  const { real, queue, events, heard } = sourceWith(fine);
  queue.send('{"a":1}', { ERROR_CODE: 'AWS.Lambda.ThrottlingException' });
  await real.passAll();
  expect(events).toEqual([
    {
      Records: [
        {
          messageId: expect.stringMatching(/^[\da-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: '{"a":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: String(START),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: String(START),
          },
          messageAttributes: {
            ERROR_CODE: {
              stringValue: 'AWS.Lambda.ThrottlingException',
              stringListValues: [],
              binaryListValues: [],
              dataType: 'String',
            },
          },
          md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
          eventSource: 'aws:sqs',
          eventSourceARN: failures.arn,
          awsRegion: 'eu-central-1',
        },
      ],
    },
  ]);
  expect(heard).toMatchObject([{ event: events[0], startedAt: START, answer: fine() }]);
  expect(queue.length).toBe(0);
});

test('what is sent at the same moment comes in batches of the size of the stack', async () => {
  const { real, queue, batches } = sourceWith(fine, { batchSize: 2 });
  for (const body of ['a', 'b', 'c']) queue.send(body);
  await real.passAll();
  expect(batches.map(({ bodies }) => bodies)).toEqual([['a', 'b'], ['c']]);
});

test('at most five batches run at once, the next as soon as one is done', async () => {
  const ends: Array<() => void> = [];
  const { real, queue, batches } = sourceWith(
    () => new Promise((resolve) => ends.push(() => resolve(fine()))),
    { batchSize: 1 },
  );
  for (let i = 0; i < 7; i += 1) queue.send(String(i));
  await real.passAll();
  expect(batches).toHaveLength(5);
  ends[0]?.();
  await real.passAll();
  expect(batches.at(-1)?.bodies).toEqual(['5']);
});

describe('comes back after its visibility timeout', () => {
  test.each<[string, (records: Record[]) => Answer, string[]]>([
    ['only what the function failed for', ([first]) => failing(first?.messageId), ['a']],
    ['all, where the function failed', broken, ['a', 'b']],
    ['all, where it names a message that is none of the batch', () => failing('x'), ['a', 'b']],
    ['all, where it names none', () => failing(undefined), ['a', 'b']],
    [
      'all, where its answer can not be read',
      () => ({ payload: { batchItemFailures: 'a' } }),
      ['a', 'b'],
    ],
    ['nothing, where it says nothing', () => ({ payload: null }), []],
    ['nothing, where all went well', fine, []],
  ])('%s', async (_, answer, again) => {
    const { real, queue, batches } = sourceWith((records, call) =>
      call === 1 ? answer(records) : fine(),
    );
    queue.send('a');
    queue.send('b');
    await real.passAll();
    const later = again.length > 0 ? [{ minute: 3, bodies: again }] : [];
    expect(batches).toEqual([{ minute: 0, bodies: ['a', 'b'] }, ...later]);
    expect(queue.length).toBe(0);
  });

  test('nothing, where the stack lets no function say so', async () => {
    const { real, queue, batches } = sourceWith(([first]) => failing(first?.messageId), {
      partial: false,
    });
    queue.send('a');
    await real.passAll();
    expect(batches).toHaveLength(1);
  });
});

test('is settled once what is there has been dealt with, not before', async () => {
  let end = () => {};
  const { real, open, queue } = sourceWith(
    () =>
      new Promise((resolve) => {
        end = () => resolve(fine());
      }),
  );
  queue.send('a');
  real.pass(0);
  const order: string[] = [];
  const settled = open.settled().then(() => order.push('settled'));
  await Promise.resolve();
  order.push('finished');
  end();
  await settled;
  expect(order).toEqual(['finished', 'settled']);
});
