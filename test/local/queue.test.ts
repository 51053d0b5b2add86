import { describe, expect, test } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { Queues } from '../../local/queues.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { queueNamed } from './parts.ts';

const START = Date.parse('2026-03-01T00:00Z');
const VISIBILITY = 180_000;

const poison = queueNamed('poison');
const failures = queueNamed('failures', { deadLetterArn: poison.arn, maxReceiveCount: 2 });

function queuesUntil(until = Number.POSITIVE_INFINITY) {
  const real = new HandMadeTime();
  const clock = new Clock(START, Number.POSITIVE_INFINITY, real);
  const queues = new Queues([failures, poison], clock, until);
  clock.start();
  const queue = queues.get(failures.arn);
  const bodies = () => queue.receive(10).map(({ body }) => body);
  return { real, clock, queues, queue, bodies };
}

describe('a message', () => {
  test('is received in its order, with what was sent, and hidden from then on', () => {
    const { queue, bodies } = queuesUntil();
    queue.send('a', { ERROR_CODE: 'x' });
    queue.send('b');
    expect(queue.receive(1)).toEqual([
      {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        body: 'a',
        attributes: { ERROR_CODE: 'x' },
        sentAt: START,
        firstReceivedAt: START,
        received: 1,
      },
    ]);
    expect(bodies()).toEqual(['b']);
    expect(bodies()).toEqual([]);
  });

  test('that is not deleted comes back after the visibility timeout, counted', async () => {
    const { real, clock, queue } = queuesUntil();
    const back: number[] = [];
    queue.send('a');
    queue.receive(1);
    queue.onReady(() => back.push(clock.now() - START));
    await real.passAll();
    expect(back).toEqual([VISIBILITY]);
    expect(queue.receive(1)).toMatchObject([
      { received: 2, sentAt: START, firstReceivedAt: START },
    ]);
  });

  test('that is deleted never comes back', async () => {
    const { real, queue, bodies } = queuesUntil();
    queue.send('a');
    for (const { id } of queue.receive(1)) queue.delete(id);
    await real.passAll();
    expect(bodies()).toEqual([]);
    expect(queue.length).toBe(0);
  });

  test('that came back before it was deleted goes as well', async () => {
    const { real, queue } = queuesUntil();
    queue.send('a');
    const [message] = queue.receive(1);
    await real.passAll();
    queue.delete(message?.id ?? '');
    expect(queue.length).toBe(0);
  });

  test('that was received too often goes to the dead-letter queue, as it was', async () => {
    const { real, queues, queue, bodies } = queuesUntil();
    queue.send('a', { ERROR_CODE: 'x' });
    bodies();
    await real.passAll();
    expect(queues.counts()).toEqual({ waiting: 1, poison: 0 });
    bodies();
    await real.passAll();
    expect(queues.counts()).toEqual({ waiting: 0, poison: 1 });
    expect(queues.get(poison.arn).receive(1)).toMatchObject([
      { body: 'a', attributes: { ERROR_CODE: 'x' } },
    ]);
  });
});

test('what would come back at the end of the run or later is left, and counted', async () => {
  const { real, queues, bodies } = queuesUntil(START + VISIBILITY);
  queues.send(failures.arn, 'a');
  bodies();
  await real.passAll();
  expect(bodies()).toEqual([]);
  expect(queues.counts()).toEqual({ waiting: 1, poison: 0 });
});

test('once stopped nothing comes back, what is received later neither', async () => {
  const { real, queues, queue, bodies } = queuesUntil();
  queue.send('a');
  bodies();
  queues.stop();
  queue.send('b');
  expect(bodies()).toEqual(['b']);
  await real.passAll();
  expect(bodies()).toEqual([]);
  expect(queues.counts()).toEqual({ waiting: 2, poison: 0 });
});
