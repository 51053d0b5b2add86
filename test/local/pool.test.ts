import { expect, test } from 'vitest';
import { Pool } from '../../local/pool.ts';

/** A process that says whether it was stopped. */
function processOf(invocations: number) {
  let end = (_: undefined) => {};
  const ended = new Promise<undefined>((resolve) => {
    end = resolve;
  });
  const member = {
    invocations,
    ended,
    stopped: false,
    async stop() {
      member.stopped = true;
      end(undefined);
    },
  };
  return member;
}

/** A pool that is full of idle ones that ran so often, in the order in which they became idle. */
function fullOf(...invocations: number[]) {
  const pool = new Pool(invocations.length);
  const members = invocations.map(processOf);
  for (const member of members) pool.add(member);
  for (const member of members) pool.rest(member);
  return { pool, members, stopped: () => members.map(({ stopped }) => stopped) };
}

test('where it is full, the idle process that ran least often is stopped', () => {
  const { pool, stopped } = fullOf(5, 2, 3);
  pool.add(processOf(0));
  expect(stopped()).toEqual([false, true, false]);
  pool.add(processOf(0));
  expect(stopped()).toEqual([false, true, true]);
});

test('of those that ran as often the one that became idle last', () => {
  const { pool, members, stopped } = fullOf(1, 1);
  const [first = processOf(1)] = members;
  pool.wake(first);
  pool.rest(first);
  pool.add(processOf(0));
  expect(stopped()).toEqual([true, false]);
});

test('the busy ones stay, however many they are, until one of them rests', () => {
  const { pool, members, stopped } = fullOf(3, 1);
  for (const member of members) pool.wake(member);
  pool.add(processOf(0));
  expect(stopped()).toEqual([false, false]);
  for (const member of members) pool.rest(member);
  expect(stopped()).toEqual([true, false]);
});

test('one that ended by itself makes room', async () => {
  const { pool, members, stopped } = fullOf(3, 3);
  await members[0]?.stop();
  pool.add(processOf(0));
  expect(stopped()).toEqual([true, false]);
});
