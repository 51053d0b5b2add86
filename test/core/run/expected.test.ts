import { describe, expect, test } from 'vitest';
import { dueTicks, holdAt, type Plan, type Swept } from '../../../core/run/expected.ts';
import { tickOf } from '../../../core/run/tick.ts';
import { DAY, HOUR, MINUTE } from '../../../core/schedule/duration.ts';

const at = (time: string) => Date.parse(time);
/** Fires at 09:00, 09:10, 09:20 ...; a delivery more than five minutes late is refused. */
const report = {
  expressions: ['cron(0/10 * * * ? *)'],
  timeZone: 'UTC',
  misfireGrace: 5 * MINUTE,
};

/** What is remembered of a job whose ticks up to `until` are known to have their rows. */
function sweptUntil(until: string, job: Plan = report): Swept[] {
  return [{ ...job, until }];
}

describe('a schedule that was made at run time', () => {
  const now = at('2026-03-01T09:34:30Z');
  const swept = at('2026-03-01T09:29:30Z');
  const until = (plan: Plan, seen: Swept[] = []) =>
    dueTicks(plan, seen, now, swept).swept.at(-1)?.until;

  test('is expected from then on: the sweep that sees it first comes later', () => {
    expect(until({ ...report, since: '2026-03-01T09:31:20.000Z' })).toBe('2026-03-01T09:31Z');
  });

  test('from now on, where its job was gone and came back', () => {
    expect(until({ ...report, since: '2026-02-01T09:31:20.000Z' })).toBe('2026-03-01T09:34Z');
  });
});

describe('a job seen for the first time', () => {
  test('starts now: no tick before is expected', () => {
    const { ticks, swept } = dueTicks(report, [], at('2026-03-01T09:04:30Z'));
    expect(ticks).toEqual([]);
    expect(swept).toEqual(sweptUntil('2026-03-01T09:04Z'));
  });

  test('is waited for from its next tick on, which may take until the grace is over', () => {
    const { swept } = dueTicks(report, [], at('2026-03-01T09:04:30Z'));
    const early = dueTicks(report, swept, at('2026-03-01T09:09:00Z'));
    expect(early).toEqual({ ticks: [], swept, cut: false });
    expect(dueTicks(report, early.swept, at('2026-03-01T09:19:00Z')).ticks).toEqual([
      '2026-03-01T09:10Z',
    ]);
  });
});

describe('the window', () => {
  test('ends a minute after the grace: a delivery at its very end may still be starting', () => {
    const seen = sweptUntil('2026-03-01T09:04Z');
    expect(dueTicks(report, seen, at('2026-03-01T09:16:00.000Z')).ticks).toEqual([]);
    expect(dueTicks(report, seen, at('2026-03-01T09:16:00.001Z')).ticks).toEqual([
      '2026-03-01T09:10Z',
    ]);
  });

  test('sweep after sweep, every tick is due once, whenever the sweeps come', () => {
    const start = at('2026-03-01T09:00Z');
    let seen = sweptUntil('2026-03-01T08:59Z');
    const found: string[] = [];
    for (let now = start; now < start + 3 * HOUR; now += 60_001) {
      const { ticks, swept } = dueTicks(report, seen, now);
      found.push(...ticks);
      seen = holdAt(swept, []);
    }
    const nominal = Array.from({ length: 18 }, (_, i) => tickOf(start + i * 10 * MINUTE));
    expect(found).toEqual(nominal); // the last is 11:50: that of 12:00 has its grace yet
  });

  test('is longer where the sweeper was away, and the ticks of all expressions are in it', () => {
    const job = { ...report, expressions: ['cron(0 * * * ? *)', 'cron(30 0/2 * * ? *)'] };
    const { ticks, cut } = dueTicks(
      job,
      sweptUntil('2026-03-01T09:00Z', job),
      at('2026-03-01T12:20Z'),
    );
    expect(ticks).toEqual([
      '2026-03-01T10:00Z',
      '2026-03-01T10:30Z',
      '2026-03-01T11:00Z',
      '2026-03-01T12:00Z',
    ]);
    expect(cut).toBe(false);
  });

  test('reaches back a day at most, and says so', () => {
    const now = at('2026-03-05T12:01:30Z');
    const { ticks, swept, cut } = dueTicks(report, sweptUntil('2026-03-01T09:00Z'), now);
    expect(ticks).toHaveLength(144);
    expect(ticks[0]).toBe('2026-03-04T12:00Z');
    expect(ticks.at(-1)).toBe('2026-03-05T11:50Z');
    expect(swept).toEqual(sweptUntil('2026-03-05T11:55Z'));
    expect(cut).toBe(true);
  });

  test('reaches back a day from the end of a grace that is longer than a day', () => {
    const job = { ...report, expressions: ['cron(0 9 * * ? *)'], misfireGrace: 2 * DAY };
    const seen = sweptUntil('2026-03-01T08:00Z', job);
    expect(dueTicks(job, seen, at('2026-03-03T09:02Z'))).toMatchObject({
      ticks: ['2026-03-01T09:00Z'],
      cut: false,
    });
  });
});

describe('a deploy', () => {
  /** The sweeps that follow, each five minutes after the other, until `to`; and all they found due. */
  function sweeps(plan: Plan | undefined, seen: Swept[], from: string, to: string) {
    const found: string[] = [];
    let left = seen;
    for (let now = at(from); now <= at(to); now += 5 * MINUTE) {
      const { ticks, swept } = dueTicks(plan, left, now);
      found.push(...ticks);
      left = holdAt(swept, []);
    }
    return { found, left };
  }
  const SEEN = '2026-03-01T09:34Z';
  const seen = sweptUntil('2026-03-01T09:00Z');
  const owed = ['2026-03-01T09:10Z', '2026-03-01T09:20Z', '2026-03-01T09:30Z'];

  test.each([
    [
      'moves the ticks',
      { expressions: ['cron(7/10 * * * ? *)'] },
      ['2026-03-01T09:37Z', '2026-03-01T09:47Z'],
    ],
    [
      'moves the time zone',
      { timeZone: 'Asia/Kathmandu' },
      ['2026-03-01T09:35Z', '2026-03-01T09:45Z'],
    ],
    [
      'splits the expression',
      { expressions: ['cron(0 * * * ? *)', 'cron(10/10 * * * ? *)'] },
      ['2026-03-01T09:40Z'],
    ],
    ['lets the grace shrink', { misfireGrace: MINUTE }, ['2026-03-01T09:40Z', '2026-03-01T09:50Z']],
    ['lets the grace grow', { misfireGrace: 9 * MINUTE }, ['2026-03-01T09:40Z']],
  ])('that %s: the old ones up to it, the new ones from then on', (_, change, fresh) => {
    const plan = { ...report, ...change };
    const { found, left } = sweeps(plan, seen, SEEN, '2026-03-01T09:54Z');
    expect(found.sort()).toEqual([...owed, ...fresh]);
    expect(left).toMatchObject([plan]);
  });

  test('that changes nothing in it goes on', () => {
    const { swept } = dueTicks({ ...report }, seen, at('2026-03-01T09:12Z'));
    expect(swept).toEqual(sweptUntil('2026-03-01T09:05Z'));
  });

  test('and the next, and the first again: each plan up to its end, and no tick twice', () => {
    const other = { ...report, expressions: ['cron(5/10 * * * ? *)'] };
    const first = dueTicks(other, seen, at(SEEN));
    const second = dueTicks(report, first.swept, at('2026-03-01T09:46Z'));
    const third = dueTicks(report, second.swept, at('2026-03-01T10:02Z'));
    expect([first, second, third].flatMap(({ ticks }) => ticks)).toEqual([
      '2026-03-01T09:10Z',
      '2026-03-01T09:20Z',
      '2026-03-01T09:30Z',
      '2026-03-01T09:35Z',
      '2026-03-01T09:45Z',
      '2026-03-01T09:50Z',
    ]);
    expect(holdAt(third.swept, [])).toEqual(sweptUntil('2026-03-01T09:55Z'));
  });

  test('that takes a job out: what it owes is looked for, then nothing is left of it', () => {
    const first = dueTicks(undefined, seen, at(SEEN));
    expect(first.ticks).toEqual(owed.slice(0, 2));
    const left = holdAt(first.swept, []);
    expect(left).toEqual([{ ...report, until: '2026-03-01T09:27Z', end: '2026-03-01T09:34Z' }]);
    expect(sweeps(undefined, left, '2026-03-01T09:37Z', '2026-03-01T09:52Z')).toEqual({
      found: owed.slice(2),
      left: [],
    });
    expect(dueTicks(undefined, [], at(SEEN))).toEqual({ ticks: [], swept: [], cut: false });
  });

  test('a tick that the old plan left open holds back that plan alone', () => {
    const moved = { ...report, expressions: ['cron(7/10 * * * ? *)'] };
    const { swept } = dueTicks(moved, seen, at('2026-03-01T09:34Z'));
    const over = dueTicks(moved, swept, at('2026-03-01T10:00Z')).swept;
    expect(holdAt(over, ['2026-03-01T09:30Z'])).toEqual([
      { ...report, until: '2026-03-01T09:29Z', end: '2026-03-01T09:34Z' },
      { ...moved, until: '2026-03-01T09:53Z' },
    ]);
  });
});

describe('a deploy that no sweep saw happen', () => {
  const seen = sweptUntil('2026-03-01T09:00Z');
  const moved = { ...report, expressions: ['cron(7/10 * * * ? *)'] };
  /** Sweeps of the new list, the first after a silence since `before`. */
  const found = (plan: Plan | undefined, before: string) => {
    const first = dueTicks(plan, seen, at('2026-03-01T09:44Z'), at(before));
    const later = dueTicks(plan, holdAt(first.swept, []), at('2026-03-01T10:00Z'));
    return [...first.ticks, ...later.ticks];
  };
  const owed = ['2026-03-01T09:10Z', '2026-03-01T09:20Z', '2026-03-01T09:30Z'];

  test('what came between the two is of neither list: either could be wrong', () => {
    expect(found(moved, '2026-03-01T09:39Z')).toEqual([...owed, '2026-03-01T09:47Z']);
    expect(found(undefined, '2026-03-01T09:39Z')).toEqual(owed);
  });

  test('what came in the very minute of the last sweep that knew it is owed', () => {
    expect(found(moved, '2026-03-01T09:30:20Z')).toEqual([...owed, '2026-03-01T09:47Z']);
    expect(found(moved, '2026-03-01T09:29:59Z')).not.toContain('2026-03-01T09:30Z');
  });

  test('of another grace alone nothing is lost: the ticks are the same', () => {
    const patient = { ...report, misfireGrace: 6 * MINUTE };
    expect(found(patient, '2026-03-01T09:29Z')).toEqual([
      ...owed,
      '2026-03-01T09:40Z',
      '2026-03-01T09:50Z',
    ]);
  });
});

describe('in Oslo', () => {
  const nightly = { ...report, expressions: ['cron(30 2 * * ? *)'], timeZone: 'Europe/Oslo' };
  const expected = (from: string, to: string) =>
    dueTicks(nightly, sweptUntil(from, nightly), at(to)).ticks;

  test('the tick inside the hour that spring takes out is not expected', () => {
    expect(expected('2026-03-28T00:00Z', '2026-03-28T23:00Z')).toEqual(['2026-03-28T01:30Z']);
    expect(expected('2026-03-29T00:00Z', '2026-03-29T23:00Z')).toEqual([]);
  });

  test('the tick inside the hour that autumn repeats is expected once', () => {
    expect(expected('2026-10-25T00:00Z', '2026-10-25T23:00Z')).toEqual(['2026-10-25T00:30Z']);
  });
});

test('the ticks of a rate are not expected: nobody knows its phase', () => {
  const job = { ...report, expressions: ['rate(7 minutes)'] };
  const seen = sweptUntil('2026-03-01T09:00Z', job);
  expect(dueTicks(job, seen, at('2026-03-01T12:00Z')).ticks).toEqual([]);
});

describe('a tick that is still open', () => {
  const seen = sweptUntil('2026-03-01T08:55Z');
  const first = dueTicks(report, seen, at('2026-03-01T09:27Z'));

  test('is due again at the next sweep, and so is what came after it', () => {
    const held = holdAt(first.swept, ['2026-03-01T09:20Z', '2026-03-01T09:10Z']);
    expect(first.ticks).toEqual(['2026-03-01T09:00Z', '2026-03-01T09:10Z', '2026-03-01T09:20Z']);
    expect(dueTicks(report, held, at('2026-03-01T09:37Z')).ticks).toEqual([
      '2026-03-01T09:10Z',
      '2026-03-01T09:20Z',
      '2026-03-01T09:30Z',
    ]);
  });

  test('that is none lets the window go on', () => {
    expect(holdAt(first.swept, [])).toEqual(first.swept);
  });
});
