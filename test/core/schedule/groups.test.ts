import { expect, test } from 'vitest';
import { checkGroups } from '../../../core/schedule/groups.ts';
import type { Groups } from '../../../core/schedule/settings.ts';

test('groups as they should be', () => {
  expect(() => checkGroups({})).not.toThrow();
  expect(() => checkGroups({ 'data.base_1-a': { limit: 1 }, mail: { limit: 1000 } })).not.toThrow();
});

test.each([
  ['no limit', { mail: {} }, "group 'mail': limit: undefined is not a whole number from 1 to 1000"],
  ['no room', { mail: { limit: 0 } }, "group 'mail': limit: 0 is not a whole number"],
  ['half a run', { mail: { limit: 1.5 } }, "group 'mail': limit: 1.5 is not a whole number"],
  ['too much room', { mail: { limit: 1001 } }, "group 'mail': limit: 1001 is not a whole number"],
  ['text', { mail: { limit: '2' } }, "group 'mail': limit: '2' is not a whole number"],
  ['only a number', { mail: 2 }, "group 'mail': limit: 2 is no group; write { limit: 2 }"],
  [
    'a setting there is not',
    { mail: { limit: 2, concurrency: 2 } },
    "group 'mail': concurrency: is no setting of a group; its only one is 'limit'",
  ],
  [
    'a name that is none',
    { 'my mail': { limit: 2 } },
    "group 'my mail': name: must be 1 to 64 letters, digits, '.', '-' or '_'",
  ],
  ['a name too long', { ['x'.repeat(65)]: { limit: 2 } }, 'name: must be 1 to 64 letters'],
])('%s is refused in one line', (_, groups, mend) => {
  expect(() => checkGroups(groups as unknown as Groups)).toThrow(/^group '[^\n]+$/);
  expect(() => checkGroups(groups as unknown as Groups)).toThrow(mend);
});
