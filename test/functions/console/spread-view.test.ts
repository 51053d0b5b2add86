import { expect, test } from 'vitest';
import { spreadOf } from '../../../core/operations/spread.ts';
import { spreadView } from '../../../functions/console/spread-view.ts';
import { deployed, NOW } from './samples.ts';

const outlines = (text: string) =>
  [...text.matchAll(/<path class="(pq-[\w-]+)" d="([^"]*)"/g)].map(([, look, path]) => [
    look,
    path,
  ]);

test('a bar is five minutes, as high as the fullest of them; both strips have one scale', () => {
  const list = ['a', 'b'].map((name) => deployed(name, { every: '12 hours' }));
  const { text } = spreadView(spreadOf(list, NOW));
  const [[asItIs, high] = [], [packed, low] = []] = outlines(text);
  expect([asItIs, packed]).toEqual(['pq-as-it-is', 'pq-packed']);
  // Two starts at midnight and at noon; one is half as high.
  expect(high).toBe('M0 29H0V1H1V29H144V1H145V29H288V29z');
  expect(low?.match(/V1H/g)).toHaveLength(4);
  expect(low).toMatch(/^M0 15/);
  expect(text).toContain('2 starts in the fullest minute, 00:00; 2 minutes with more than one');
  expect(text).toContain('has 1 at least; without offsets it has 2.');
});

test('three hundred jobs are a picture of a few kilobytes, and not higher than one of ten', () => {
  const jobs = Array.from({ length: 300 }, (_, i) =>
    deployed(`job-${i}`, { every: '2 hours', offset: `${1 + ((i * 7) % 119)} minutes` }),
  );
  const { text } = spreadView(spreadOf(jobs, NOW));
  expect(text.length).toBeLessThan(8_000);
  for (const [, height] of text.matchAll(/<svg[^>]* height="(\d+)"/g))
    expect(Number(height)).toBeLessThan(90);
});

test('a list that is not packed on the way shows itself alone, and one that starts nothing says so', () => {
  const { asItIs, flat } = spreadOf([deployed('a')], NOW);
  expect(outlines(spreadView({ asItIs, flat }).text)).toHaveLength(1);
  const off = { ...deployed('a'), enabled: false };
  expect(spreadView(spreadOf([off], NOW)).text).toContain('Nothing starts.');
});
