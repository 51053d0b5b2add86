import { expect, test } from 'vitest';
import { html } from '../../../functions/console/html.ts';
import { clean, cut, oneLine } from '../../../functions/console/text.ts';
import { clockOf, distance, lengthOf } from '../../../functions/console/times.ts';
import { HOSTILE, NOW } from './samples.ts';

test('a value is escaped, markup is not, and what is not there shows nothing', () => {
  const inner = html`<b title="${`"'\``}">${'<i>&'}</b>`;
  expect(html`${inner}${undefined}${false}${0}${[1, '<', [inner]]}`.text).toBe(
    '<b title="&quot;&#39;&#96;">&lt;i&gt;&amp;</b>01&lt;<b title="&quot;&#39;&#96;">&lt;i&gt;&amp;</b>',
  );
});

test('what no page can hold is replaced', () => {
  expect(clean('a\u0000\u001b\ud800b\u202ec\t\n🦄')).toBe('a␀␛\ufffdb\ufffdc\t\n🦄');
  const { text } = html`${HOSTILE}`;
  expect(text).not.toMatch(/[<>"'`]/);
  expect(clean(text)).toBe(text);
});

test('a text is never cut within a character', () => {
  expect(cut('ab🦄', 3)).toBe('ab');
  expect(cut('ab🦄', 4)).toBe('ab🦄');
  expect(oneLine('a\n\n b', 10)).toBe('a b');
  expect(oneLine('x'.repeat(500_000), 5)).toBe('xxxx…');
  // Cut to nothing but blanks: there is more all the same.
  expect(oneLine(' '.repeat(100), 5)).toBe('…');
});

test('times are as short as they are clear', () => {
  expect([0, 21, 999, 3_400, 3_000, 12_300, 59_700].map(lengthOf)).toEqual([
    '0 ms', '21 ms', '999 ms', '3.4 s', '3 s', '12 s', '59 s',
  ]); // biome-ignore format: one line reads better
  expect([60_000, 125_000, 3_600_000, 5_430_000, 200_000_000].map(lengthOf)).toEqual([
    '1 min', '2 min 5 s', '1 h', '1 h 30 min', '2 days',
  ]); // biome-ignore format: one line reads better
  expect(distance(NOW + 340_000, NOW)).toBe('in 5 min');
  expect(distance(NOW - 20_000, NOW)).toBe('20 s ago');
  expect(clockOf(NOW, NOW)).toBe('12:34');
  expect(clockOf(NOW - 86_400_000, NOW)).toBe('28 Feb 12:34');
  expect(clockOf(Number.NaN, NOW)).toBe('no time');
});
