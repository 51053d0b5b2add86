import { expect, test } from 'vitest';
import type { Limits } from '../../../core/schedule/settings.ts';
import { warnAfter } from '../../../core/schedule/warn-after.ts';

const warnings = (setting: unknown) =>
  warnAfter('report', setting as Limits['warnAfter'], 600_000).map(
    ({ level, after }) => `${level} ${after / 1_000}`,
  );

test.each([
  ['by default', undefined, ['warning 300', 'critical 480', 'emergency 570']],
  ['never', false, []],
  ['one level alone', { critical: '90%' }, ['critical 540']],
  [
    'shares and durations',
    { warning: '2 minutes', emergency: '99.5%' },
    ['warning 120', 'emergency 597'],
  ],
])('%s', (_, setting, expected) => {
  expect(warnings(setting)).toEqual(expected);
});

test.each([
  ['no object', '50%', /warnAfter: '50%' names no level; write \{ warning: '50%' \}, or false/],
  ['an unknown level', { warnin: '50%' }, /warnAfter.warnin: is no level; perhaps 'warning'/],
  [
    'the whole timeout',
    { warning: '100%' },
    /warnAfter.warning: '100%' is no share of the timeout/,
  ],
  ['nothing of it', { warning: '0%' }, /is no share of the timeout below 100%/],
  [
    'longer than the timeout',
    { warning: '10 minutes' },
    /warnAfter.warning: '10 minutes' is outside/,
  ],
  ['no duration', { warning: 'soon' }, /warnAfter.warning: /],
  [
    'levels that do not rise',
    { warning: '80%', critical: '8 minutes' },
    /warnAfter.critical: must come later/,
  ],
])('refused: %s', (_, setting, message) => {
  expect(() => warnings(setting)).toThrow(message);
});
