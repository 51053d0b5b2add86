import { expect, test } from 'vitest';
import type { HttpReply, HttpServer } from '../../local/http.ts';
import { deliveriesOf, offTimes } from './deliveries.ts';
import { FaultyApi } from './faulty-api.ts';
import { FROM } from './span.ts';

const MINUTE = 60_000;

/** Asks a service again and again, as the SDK does, for one thing after another. */
async function ask(things: number, tries: number) {
  const done: string[] = [];
  const http = {
    answer: ({ body }: { body: string }): HttpReply => {
      done.push(JSON.parse(body).Name);
      return { status: 200 };
    },
  } as unknown as HttpServer;
  const api = new FaultyApi(http, { seed: 1, faults: 1, now: () => FROM + 10 * MINUTE });
  api.on = true;
  const answers: boolean[] = [];
  for (let thing = 0; thing < things; thing++) {
    let answered = false;
    for (let nth = 0; nth < tries && !answered; nth++) {
      const body = JSON.stringify({ Name: `${thing}`, ClientToken: `${thing}` });
      const query = new URLSearchParams();
      const request = { method: 'POST', path: '/schedules/x', query, headers: {}, body };
      answered = (await http.answer(request)).status === 200;
    }
    answers.push(answered);
  }
  return { done, answers, counts: api.counts };
}

test('a service refuses, loses answers, and cuts off some requests for all their tries', async () => {
  const { done, answers, counts } = await ask(300, 4);
  const failed = answers.filter((answered) => !answered).length;
  expect(failed).toBeGreaterThanOrEqual(5);
  expect(failed).toBeLessThan(50);
  // Four times each, but where an earlier try was refused for another reason.
  const inVain = counts.get('api: cut off') ?? 0;
  expect(inVain).toBeGreaterThan(failed * 3);
  expect(inVain).toBeLessThanOrEqual(failed * 4);
  // An answer that was lost was an answer: what it was asked for is done twice.
  expect(done.length).toBe(300 - failed + (counts.get('api: answer lost') ?? 0));
  expect(counts.get('api: refused')).toBeGreaterThan(0);
});

test('one try more than the SDK makes passes', async () => {
  const { answers } = await ask(300, 12);
  expect(answers).not.toContain(false);
});

const each = Array.from({ length: 2_000 }, (_, i) =>
  deliveriesOf(1, {
    job: `job-${i}`,
    tick: '2026-03-01T00:13Z',
    attempt: 1,
    grace: 10 * MINUTE,
  }),
);

test.each<[string, (after: number[]) => boolean]>([
  ['once and at once', (after) => after.length === 1 && after[0] === 0],
  ['four times at once', (after) => after.length === 4],
  ['with the next tick', (after) => after[0] === MINUTE],
  ['at the end of their span, with all of it', (after) => after[0] === 2 * MINUTE],
  ['later than their grace', (after) => (after[0] ?? 0) > 10 * MINUTE],
])('some deliveries come %s', (_, isSo) => {
  expect(each.filter(isSo).length).toBeGreaterThan(10);
});

test('what the sweeper does not watch yet comes once and at once', () => {
  const early = Array.from({ length: 200 }, (_, i) =>
    deliveriesOf(1, { job: `job-${i}`, tick: '2026-03-01T00:05Z', attempt: 1, grace: MINUTE }),
  );
  expect(early.every((after) => after.length === 1 && after[0] === 0)).toBe(true);
});

test('EventBridge is off once an hour, for minutes, after the first sweep', () => {
  const spans = offTimes(1, FROM + 180 * MINUTE);
  expect(spans).toHaveLength(3);
  for (const { from, to } of spans) {
    expect(from).toBeGreaterThan(FROM + 5 * MINUTE);
    expect(to - from).toBeLessThanOrEqual(4 * MINUTE);
  }
});
