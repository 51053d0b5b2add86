import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Run } from '../../core/run/states.ts';
import { dice, pick } from './dice.ts';
import { judge } from './verdict.ts';
import { prepare, type Sight, sightsIn, Witness } from './witness.ts';

const TICK = { job: 'report', tick: '2026-03-01T00:00Z' };
const row = (more: Partial<Run> = {}): Run => ({
  ...TICK,
  status: 'succeeded',
  fence: 5,
  token: 't',
  attempt: 1,
  trigger: 'schedule',
  finishedAt: '2026-03-01T00:00:01.000Z',
  ...more,
});
const sight = (what: Sight['what'], fencingToken = 5): Sight => ({
  ...TICK,
  attempt: 1,
  fencingToken,
  what,
});

const broken = (rows: Run[], sights: Sight[]) =>
  judge([TICK], rows, sights)
    .filter((verdict) => verdict.broken.length > 0)
    .map(({ promise }) => promise);

describe('the verdict of a campaign', () => {
  test('a run that was seen and has its row breaks nothing', () => {
    expect(broken([row()], [sight('started'), sight('returned')])).toEqual([]);
  });

  test.each([
    ['a tick without a row', [], [], 'every tick ends as a row'],
    [
      'two at once',
      [row()],
      [sight('started'), sight('met another'), sight('returned')],
      'never two attempts of a job at once',
    ],
    [
      'a run after the success',
      [row()],
      [sight('started'), sight('returned'), sight('started', 6)],
      'nothing runs after its success',
    ],
    [
      'a success nobody saw return',
      [row()],
      [sight('started'), sight('threw')],
      'a success is recorded only of code that returned',
    ],
    [
      'a token that fell',
      [row({ status: 'failed', fence: 6 })],
      [sight('started', 6), sight('started', 4)],
      'fencing tokens grow with every run of a job',
    ],
  ])('%s is seen', (_, rows, sights, promise) => {
    expect(broken(rows, sights)).toEqual([promise]);
  });
});

describe('a witness', () => {
  const who = { ...TICK, attempt: 1, fencingToken: 5 };
  const folderFor = () => {
    const folder = mkdtempSync(join(tmpdir(), 'punctual-witness-'));
    prepare(folder);
    return folder;
  };

  test('sees one that begins while another lives', () => {
    const folder = folderFor();
    Witness.start(folder, who);
    Witness.start(folder, { ...who, fencingToken: 6 });
    expect(sightsIn(folder).map(({ what }) => what)).toEqual(['started', 'met another', 'started']);
  });

  test('does not take a dead process for a living one', async () => {
    const folder = folderFor();
    const dead = spawn(process.execPath, ['-e', '0']);
    await once(dead, 'exit');
    writeFileSync(join(folder, 'report.pid'), String(dead.pid));
    Witness.start(folder, who).end('returned');
    expect(sightsIn(folder).map(({ what }) => what)).toEqual(['started', 'returned']);
  });
});

test('the dice of a seed fall the same way every time, and in their shares', () => {
  expect(dice(1, 'a', 2)).toBe(dice(1, 'a', 2));
  expect(dice(1, 'a', 2)).not.toBe(dice(2, 'a', 2));
  const rolls = Array.from({ length: 10_000 }, (_, i) =>
    pick(dice(1, i), { rare: 0.1, rarer: 0.01 }),
  );
  expect(rolls.filter((roll) => roll === 'rare').length).toBeGreaterThan(900);
  expect(rolls.filter((roll) => roll === 'rarer').length).toBeLessThan(150);
  expect(rolls).toContain(undefined);
});
