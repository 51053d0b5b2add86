import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Comb, DayLoad } from '../../../core/schedule/day-load.ts';

const DIVISORS = Array.from({ length: 1440 }, (_, i) => i + 1).filter((n) => 1440 % n === 0);

const combs = fc
  .record({
    interval: fc.constantFrom(...DIVISORS),
    first: fc.nat(),
    load: fc.integer({ min: 1, max: 9 }),
  })
  .map(
    ({ interval, first, load }): Comb => ({ firsts: [first % interval], interval, load: [load] }),
  );

function ticks({ firsts: [first = 0], interval }: Comb): number[] {
  return Array.from({ length: 1440 / interval }, (_, i) => first + i * interval);
}

test('the company of a comb is what starts at its places in shorter intervals, counted one by one', () => {
  fc.assert(
    fc.property(fc.array(combs, { maxLength: 6 }), combs, (added, comb) => {
      const day = new DayLoad(1);
      for (const one of added) day.add(one);
      const [first = 0] = comb.firsts;
      const shorter = DIVISORS.filter((n) => n < comb.interval && comb.interval % n === 0);
      const company = shorter.map((length) => {
        const met = added.map((one) => {
          const [load = 0] = one.load;
          return load * ticks(one).filter((tick) => tick % length === first % length).length;
        });
        return length * met.reduce((sum, one) => sum + one, 0);
      });
      expect(day.company(comb)).toBeCloseTo(company.reduce((sum, one) => sum + one, 0));
    }),
  );
});

test('a run goes on after midnight', () => {
  const day = new DayLoad(1);
  day.add({ firsts: [1439], interval: 1440, load: [2, 3] });
  expect(day.meet({ firsts: [0], interval: 1440, load: [10] })).toEqual([13, 30]);
  expect(day.meet({ firsts: [1439], interval: 1440, load: [10] })).toEqual([12, 20]);
});
