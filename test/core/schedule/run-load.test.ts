import { describe, expect, test } from 'vitest';
import { checkDurations, type Durations, runLoad } from '../../../core/schedule/run-load.ts';

const job = { name: 'report', weight: 3 };

test('without durations a start weighs what the job says', () => {
  expect(runLoad(job)).toEqual([3]);
});

describe('with durations', () => {
  test.each([
    [20_000, [60_000]],
    [60_000, [180_000]],
    [150_000, [180_000, 180_000, 90_000]],
    [0.4, [3]],
    [0, [3]],
  ])('a run of %d ms', (report, load) => {
    expect(runLoad(job, { report })).toEqual(load);
  });

  test('a job that is not among them takes a second', () => {
    expect(runLoad(job, {})).toEqual([3_000]);
    expect(runLoad({ name: 'constructor', weight: 1 }, {})).toEqual([1_000]);
  });

  test.each([-1, Number.NaN, 86_400_001, '90 seconds', null])('%j is refused', (report) => {
    expect(() => checkDurations({ report } as Durations)).toThrow(
      /^job 'report': durations: .+ is not a number of milliseconds from 0 to 86400000, a day$/,
    );
  });
});
