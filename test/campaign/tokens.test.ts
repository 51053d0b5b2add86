import { expect, test } from 'vitest';
import { fallen } from './tokens.ts';
import type { Sight } from './witness.ts';

const started = (job: string, minute: number, fencingToken: number): Sight => ({
  job,
  tick: `2026-03-01T00:0${minute}Z`,
  attempt: 1,
  fencingToken,
  what: 'started',
});
const limits = new Map([
  ['alone', { lock: 'alone', room: 1, concurrency: 1 }],
  ['parallel', { lock: 'parallel', room: 3, concurrency: 3 }],
  ['narrow', { lock: 'group:narrow', room: 1, concurrency: 1 }],
  ['beside', { lock: 'group:narrow', room: 1, concurrency: 1 }],
  ['wide', { lock: 'group:wide', room: 2, concurrency: 1 }],
  ['other', { lock: 'group:wide', room: 2, concurrency: 1 }],
]);

test.each([
  ['a job that runs one at a time', started('alone', 1, 6), started('alone', 2, 5)],
  ['a lock that one holds', started('narrow', 1, 6), started('beside', 1, 5)],
  ['a job of a wide group', started('wide', 1, 6), started('wide', 2, 5)],
  ['a tick', started('parallel', 1, 6), started('parallel', 1, 5)],
  ['two with one token', started('wide', 1, 6), started('other', 1, 6)],
])('a token falls: %s', (_, first, second) => {
  expect(fallen([first, second], limits)).toEqual([second]);
});

test.each([
  ['runs of a job that live side by side', started('parallel', 1, 6), started('parallel', 2, 5)],
  ['jobs of a wide group', started('wide', 1, 6), started('other', 1, 5)],
  ['two locks', started('wide', 1, 6), started('alone', 1, 6)],
])('tokens may come in any order: %s', (_, first, second) => {
  expect(fallen([first, second], limits)).toEqual([]);
});
