import { describe, expect, test } from 'vitest';
import { catchMutation } from './check-mutations.ts';
import { Explorer } from './explorer.ts';
import { mutations } from './mutations.ts';
import { loadProtocol } from './protocol.ts';
import { scenarios } from './scenarios.ts';
import { StateSet } from './state-set.ts';

/** The larger ones are explored by `npm run model`. */
const SMALLEST = scenarios.slice(0, 13);

describe('no order of crashes, duplicates and lost answers breaks a promise', () => {
  test.each(SMALLEST.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_, scenario) => {
      const explored = await new Explorer(await loadProtocol(), scenario).explore();
      expect(explored.found).toBeUndefined();
      expect(explored.exhausted).toBe(true);
      expect(explored.states).toBeGreaterThan(10_000);
    },
  );
});

describe('each known mistake is caught', () => {
  test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    async (_, mutation) => {
      const caught = await catchMutation(mutation);
      expect(caught?.story.at(-1)).toMatch(/=> .+/);
    },
  );
});

test('the set of states tells states apart that differ in one number', () => {
  const set = new StateSet();
  const exact = new Set<string>();
  for (let i = 0; i < 300_000; i++) {
    const state = Int32Array.of(i % 7, 1 << (i % 31), Math.floor(i / 9), -1, i % 1000);
    expect(set.add(state)).toBe(!exact.has(state.join()));
    exact.add(state.join());
  }
  expect(set.size).toBe(exact.size);
});
