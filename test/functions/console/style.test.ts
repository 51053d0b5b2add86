import { expect, test } from 'vitest';
import { STYLE } from '../../../functions/console/style.ts';

/** What the colours stand on: page and tinted areas, in light and in dark. */
const GROUNDS = [['#ffffff', '#f5f7f9'], ['#14181e', '#1e242d', '#0f1b2a']]; // biome-ignore format: one line reads better

test('every colour of text and marks has enough contrast, in light and in dark', () => {
  const colours = [...STYLE.matchAll(/--(\w+): light-dark\((#\w{6}), (#\w{6})\)/g)];
  const ofText = colours.filter(([, name = '']) => !['line', 'rule', 'soft'].includes(name));
  expect(ofText.length).toBeGreaterThan(7);
  for (const [, name, ...pair] of ofText) {
    for (const [i, grounds] of GROUNDS.entries()) {
      for (const ground of grounds)
        expect(contrast(pair[i] ?? '', ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test('every rule is about the console alone', () => {
  const selectors = STYLE.replace(/\{[^}]*\}/g, ',').split(',').map((one) => one.trim()).filter(Boolean); // biome-ignore format: one line reads better
  for (const selector of selectors) expect(selector).toMatch(/^\.pq/);
});

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
