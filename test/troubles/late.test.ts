import { beforeAll, describe, expect, test } from 'vitest';
import { alertsOf } from './lines.ts';
import { play, type Seen, type Stage, timeAt } from './play.ts';

/** The ten ticks of an hour. */
const ticksOf = (hour: string) =>
  Array.from({ length: 10 }, (_, i) => `${hour}:${String(i * 6).padStart(2, '0')}`);

/** While the first hour's ticks are due, and while the fourth's are; then all are past their grace. */
const OFF = [
  { from: timeAt('00:00'), to: timeAt('01:02') },
  { from: timeAt('02:50'), to: timeAt('04:08') },
];

let seen: Seen;

beforeAll(async () => {
  seen = await play({
    part: 'late',
    to: timeAt('04:30'),
    eventBridgeOff: OFF,
    // Those of the first hour were kept, and come all at once; those of the fourth were not.
    events: [{ at: timeAt('01:02:30'), does: deliverFirstHour }],
  });
});

async function deliverFirstHour({ invoke }: Stage): Promise<void> {
  const events = ['none', 'latest', 'all'].flatMap((catchUp) =>
    ticksOf('00').map((tick) => ({
      job: `catches-up-${catchUp}`,
      scheduledTime: `2026-03-01T${tick}:00Z`,
      trigger: 'schedule',
      attempt: 1,
    })),
  );
  await Promise.all(events.map((event) => invoke(event.job, event, 'Event')));
}

describe.each([
  { outage: 'ten ticks that are delivered after an outage', hour: '00', none: 'skipped: misfire' },
  { outage: 'ten ticks that nobody delivers', hour: '03', none: 'missed: not_delivered' },
])('$outage', ({ hour, none }) => {
  const ticks = ticksOf(hour);
  const endsOf = (job: string) =>
    seen.rows
      .filter((row) => row.job === job && row.tick.slice(11, 13) === hour)
      .map(
        ({ tick, status, reason }) =>
          `${tick.slice(11, 16)} ${[status, reason].filter(Boolean).join(': ')}`,
      );
  const startedOf = (job: string) =>
    seen.notes
      .filter(
        (note) => note.job === job && note.what === 'started' && note.tick.slice(11, 13) === hour,
      )
      .map(({ tick }) => tick.slice(11, 16));

  test(`with catchUp none the rows say ${none}, and nothing runs`, () => {
    expect(endsOf('catches-up-none')).toEqual(ticks.map((tick) => `${tick} ${none}`));
    expect(startedOf('catches-up-none')).toEqual([]);
  });

  test('with catchUp latest the newest runs, and nine are superseded', () => {
    expect(endsOf('catches-up-latest')).toEqual([
      ...ticks.slice(0, 9).map((tick) => `${tick} skipped: superseded`),
      `${hour}:54 succeeded`,
    ]);
    expect(startedOf('catches-up-latest')).toEqual([`${hour}:54`]);
  });

  test('with catchUp all ten run, in the order of their ticks', () => {
    expect(endsOf('catches-up-all')).toEqual(ticks.map((tick) => `${tick} succeeded`));
    expect(startedOf('catches-up-all')).toEqual(ticks);
  });
});

describe('people are told', () => {
  const toldOf = (job: string) =>
    seen.alerts.filter(({ attributes }) => attributes.job === job && attributes.kind === 'missed');

  test.each(['none', 'latest', 'all'])(
    'with catchUp %s: one message of the hour that nobody delivered, which names its ten ticks',
    (catchUp) => {
      const ofHour = toldOf(`catches-up-${catchUp}`).filter(({ text }) => text.includes('T03:'));
      expect(ofHour.map(({ subject }) => subject)).toEqual([
        expect.stringMatching(/missed 10 ticks$/),
      ]);
      for (const tick of ticksOf('03')) expect(ofHour[0]?.text).toContain(`2026-03-01T${tick}Z`);
    },
  );

  test('of what came too late and is caught up, and not of what the grace let go', () => {
    const ticks = ticksOf('00').map((tick) => `missed ${tick}Z`);
    const ofFirst = (catchUp: string) =>
      alertsOf(seen.lines, `catches-up-${catchUp}`).filter((told) => told.includes(' 00:'));
    expect(ofFirst('none')).toEqual([]);
    expect(ofFirst('latest')).toEqual(ticks);
    expect(ofFirst('all')).toEqual(ticks);
  });
});

test('nothing waits any more', () => {
  expect(seen.rows.filter(({ retryAt }) => retryAt !== undefined)).toEqual([]);
  for (const { holders, waiting } of seen.locks) {
    expect(holders).toEqual({});
    expect(waiting).toEqual({});
  }
});
