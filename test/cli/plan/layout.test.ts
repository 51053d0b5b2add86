import { expect, test } from 'vitest';
import { layoutFor, layoutInWords } from '../../../cli/plan/layout.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';

const jobs = (count: number, pool?: string) =>
  Array.from({ length: count }, (_, i) => {
    const name = pool ? `${pool}@tenant-${i}` : `job-${i}`;
    return resolveJob(name, { every: '5 minutes', ...(pool && { pool }) });
  });

test('a list that one stack holds, as before: nothing is said', () => {
  const layout = layoutFor(jobs(7), 'punctual-dev', 'punctual-dev');
  expect(layout).toEqual({
    nested: 0,
    resources: expect.any(Number),
    isMove: false,
    isTooMuch: false,
  });
  expect(layoutInWords(layout)).toEqual([]);
  expect(layoutFor(jobs(7), 'punctual-dev', undefined).isMove).toBe(false);
});

test('a list that needs a fleet: said each time, and at the crossing that all moves once', () => {
  const list = jobs(200);
  const first = layoutFor(list, 'punctual-dev', 'punctual-dev');
  expect(first).toMatchObject({ nested: 32, isMove: true });
  expect(first.resources).toBeGreaterThan(200 * 5);
  expect(layoutInWords(first)).toEqual([
    expect.stringMatching(/^The list is too long for one stack: a fleet of 32 nested .* 1,\d+ /),
    expect.stringContaining('made anew, this once'),
  ]);
  const later = layoutFor(list, 'punctual-dev', 'punctual-dev-fleet32');
  expect(layoutInWords(later)).toHaveLength(1);
});

test('a list that CloudFormation can not make at once: how it can, once', () => {
  const list = jobs(600);
  const steps = expect.stringContaining('at most 2,500 in one deploy');
  expect(layoutInWords(layoutFor(list, 'punctual-dev', undefined))).toContainEqual(steps);
  const later = layoutFor(list, 'punctual-dev', 'punctual-dev-fleet32');
  expect(layoutInWords(later)).not.toContainEqual(steps);
});

test('back to one stack all moves, too', () => {
  const layout = layoutFor(jobs(7), 'punctual-dev', 'punctual-dev-fleet32');
  expect(layoutInWords(layout)).toEqual([
    expect.stringContaining('fits into one stack again'),
    expect.stringContaining('made anew'),
  ]);
});

test('the jobs of a pool share the resources of a function', () => {
  const alone = layoutFor(jobs(50), 'punctual-dev', undefined).resources;
  const pooled = layoutFor(jobs(50, 'sync'), 'punctual-dev', undefined).resources;
  expect(alone - pooled).toBe(49 * 4);
});
