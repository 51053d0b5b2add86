import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cut, Out, safe } from '../../cli/out.ts';
import { Cloud } from './cloud.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const CODE = '\u001b[';

test('what is too long ends in an ellipsis, and no colour runs on', () => {
  expect(cut('four', 4)).toBe('four');
  expect(cut('fours', 4)).toBe('fou…');
  expect(cut(`${CODE}31mfours${CODE}39m`, 4)).toBe(`${CODE}31mfou…${CODE}39m`);
  expect(cut(`${CODE}31mfo${CODE}39m ${CODE}32murs${CODE}39m`, 4)).toBe(
    `${CODE}31mfo${CODE}39m ${CODE}32m…${CODE}39m`,
  );
  // Two columns each, and never half of one.
  expect(cut('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
});

test('what a job wrote does nothing to a terminal', () => {
  const hostile = `a${CODE}2J\r\u0007b\u202e`;
  expect(new Out().lines([], [[hostile, { text: hostile, style: 'red' }]])).toEqual([
    'a␛[2J ␇b\ufffd  a␛[2J ␇b\ufffd',
  ]);
  expect(safe(hostile)).toBe('a␛[2J\n␇b\ufffd');
});

describe.runIf(hasTerminal)('on a terminal of 80 columns', () => {
  let cloud: Cloud;

  beforeAll(async () => {
    cloud = await Cloud.open('2026-03-01T08:00Z');
    await cloud.playTo('2026-03-01T09:05:00Z');
  });
  afterAll(() => cloud.close());

  const look = async (args: string[], environment = {}) => {
    const terminal = new Terminal([...args, '--local', cloud.address], environment);
    const code = await terminal.ended;
    const lines = terminal.screen.trimEnd().split('\r\n');
    return { code, text: terminal.screen, lines: lines.map(stripVTControlCharacters) };
  };

  test.each([
    [['list']],
    [['next', 'close-the-day', '--from', '2026-03-28T00:00Z']],
    [['runs']],
    [['show', 'import-invoices', '2026-03-01T09:03Z']],
    [['health']],
  ])('%j is coloured, and no table is wider', async (args) => {
    const { text, lines } = await look(args);
    expect(text).toContain(CODE);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
  });

  test('with NO_COLOR it is plain', async () => {
    const { code, text } = await look(['list'], { NO_COLOR: '1' });
    expect(code).toBe(0);
    expect(text).not.toContain(CODE);
    expect(text).toContain('import-invoices');
    // Which cloud it is, said to people only.
    expect(text).toContain('punctual-dev, the local cloud\r\n');
  });

  test('watch is a screen that q ends', async () => {
    const terminal = new Terminal(['watch', '--local', cloud.address]);
    await terminal.shows('09:03');
    terminal.press('q');
    expect(await terminal.ended).toBe(0);
    const screen = stripVTControlCharacters(terminal.screen);
    expect(screen).toMatch(/punctual-dev is degraded, 2026-03-01 09:05:\d\d UTC; q ends/);
    expect(screen).toMatch(/next\r?\n09:10 +in 4 min.* +send-reminders/);
    expect(screen).toMatch(/went wrong\r?\ndegraded {2}import-invoices: 2026-03-01T09:03Z failed/);
    expect(screen).toMatch(/ended\r?\n09:03 {2}import-invoices {2}failed/);
    // The cursor is back.
    expect(terminal.screen.lastIndexOf(`${CODE}?25h`)).toBeGreaterThan(
      terminal.screen.lastIndexOf(`${CODE}?25l`),
    );
  });
});
