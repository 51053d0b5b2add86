import { expect, test } from 'vitest';
import { changesSince, type Known, withChanges } from '../../../core/ledger/sweep-known.ts';
import { dueTicks, holdAt, type Plan } from '../../../core/run/expected.ts';
import type { Tick } from '../../../core/run/tick.ts';
import { MINUTE } from '../../../core/schedule/duration.ts';
import { randomFrom } from '../../../local/world/random.ts';

const START = Date.parse('2026-03-01T09:04:00Z');
const NOTHING: Known = { jobs: {}, locks: [] };

const planOf = (minutes: number, offset: number): Plan => ({
  expressions: [`cron(${offset}/${minutes} * * * ? *)`],
  timeZone: 'UTC',
  misfireGrace: minutes * MINUTE,
});
const tenThousand = (minutes = 5): Map<string, Plan> =>
  new Map(
    Array.from({ length: 10_000 }, (_, i) => [`sync@tenant-${i}`, planOf(minutes, i % minutes)]),
  );

/** What is known after a sweep that found some of the ticks still open; none, by default. */
function swept(
  plans: ReadonlyMap<string, Plan>,
  { jobs }: Known,
  now: number,
  { open = (_: Tick): boolean => false, before = now } = {},
): Known {
  const seen = new Map(Object.entries(jobs));
  const left = [...new Set([...plans.keys(), ...seen.keys()])].flatMap((name) => {
    const due = dueTicks(plans.get(name), seen.get(name) ?? [], now, before);
    const held = holdAt(due.swept, due.ticks.filter(open));
    return held.length > 0 ? [[name, held] as const] : [];
  });
  return { jobs: Object.fromEntries(left), locks: [...plans.keys()] };
}

test('of ten thousand jobs that do well there is nothing to write down', () => {
  const plans = tenThousand();
  const first = swept(plans, NOTHING, START);
  let known = first;
  for (let sweeps = 1; sweeps <= 3; sweeps++) {
    const now = START + sweeps * 5 * MINUTE;
    known = swept(plans, known, now);
    expect(changesSince(first, known, now)).toEqual(NOTHING);
    expect(withChanges(first, NOTHING, now)).toEqual(known);
  }
});

test('a job that is new, one that was changed, one that left and one that is held back', () => {
  const plans = new Map([
    ['stays', planOf(5, 0)],
    ['moves', planOf(5, 1)],
    ['leaves', planOf(5, 2)],
    ['runs', planOf(5, 3)],
  ]);
  const first = swept(plans, NOTHING, START);
  const now = START + 20 * MINUTE;
  plans.delete('leaves');
  plans.set('moves', planOf(10, 1)).set('comes', planOf(5, 4));
  const before = now - 8 * MINUTE;
  const known = swept(plans, first, now, { open: (tick) => tick === '2026-03-01T09:13Z', before });
  // Of 'leaves' nothing is owed any more, and what 'comes' begins with the sweep.
  const changes = changesSince(first, known, now);
  expect(Object.keys(changes.jobs).sort()).toEqual(['comes', 'leaves', 'moves', 'runs']);
  expect(changes.jobs.runs).toMatchObject([{ until: '2026-03-01T09:12Z' }]);
  expect(changes.locks).toEqual(['comes']);
  expect(withChanges(first, changes, now).jobs).toEqual(known.jobs);

  // Forgotten for good, and not begun again by what the snapshot says of it.
  const later = now + 60 * MINUTE;
  const end = swept(plans, known, later);
  expect(Object.keys(end.jobs)).not.toContain('leaves');
  const last = changesSince(first, end, later);
  expect(last.jobs.leaves).toEqual([]);
  expect(withChanges(first, last, later).jobs).toEqual(end.jobs);
});

test.each([1, 2, 3])(
  'whatever deploys and runs do, it is the same as if all were kept: %i',
  (seed) => {
    const random = randomFrom(seed);
    const one = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
    const names = ['a', 'b', 'c', 'd', 'constructor'];
    const plans = new Map<string, Plan>();
    let known = NOTHING;
    let snapshot = NOTHING;
    let older = NOTHING;
    let [now, last] = [START, START];
    for (let sweeps = 0; sweeps < 300; sweeps++) {
      if (random() < 0.3) plans.set(one(names), planOf(one([5, 10, 60]), one([0, 3])));
      if (random() < 0.1) plans.delete(one(names));
      const before = known;
      known = swept(plans, known, now, { open: () => random() < 0.1, before: last - 3 * MINUTE });
      if (random() < 0.2) {
        // Had it died after this, each job would be as the one or the other sweep left it.
        const halfWay = new Map(Object.entries(withChanges(known, older, last).jobs));
        for (const name of names) {
          const ways = [before, known].map(({ jobs }) => new Map(Object.entries(jobs)).get(name));
          expect(ways).toContainEqual(halfWay.get(name));
        }
        snapshot = known;
      }
      older = changesSince(snapshot, known, now);
      expect(withChanges(snapshot, older, now).jobs).toEqual(known.jobs);
      last = now;
      now += one([1, 5, 30]) * MINUTE;
    }
  },
);
