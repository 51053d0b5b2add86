import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { TRIMS, type Trim, trimmedFiles } from '../../infra/trims.ts';

const [pick] = TRIMS.filter(({ file }) => file.endsWith('EndpointCache.js')) as [Trim];

/** A folder of packages in which the endpoint cache says this. */
function packagesWith(source: string): string {
  const packages = mkdtempSync(join(tmpdir(), 'punctual-packages-'));
  const folder = join(packages, '@aws-sdk/endpoint-cache/dist-es');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'EndpointCache.js'), source);
  return packages;
}

test('each of them fits the packages that are installed', () => {
  const files = trimmedFiles(resolve(import.meta.dirname, '../../node_modules'));
  expect(files.size).toBeGreaterThan(TRIMS.length);
});

test('only what is meant is changed', () => {
  const packages = packagesWith(
    'import LRUCache from "mnemonist/lru-cache";\nexport const a = 1;\n',
  );
  const [[, source = ''] = []] = trimmedFiles(packages, [pick]);
  expect(source).not.toContain('mnemonist');
  expect(source).toContain('export const a = 1;');
});

test.each([
  ['says something else', packagesWith('export class EndpointCache {}'), 'has no import LRUCache'],
  ['is gone', mkdtempSync(join(tmpdir(), 'punctual-packages-')), 'is gone'],
])('a file that %s stops the build', (_, packages, problem) => {
  const line = `node_modules/@aws-sdk/endpoint-cache/dist-es/EndpointCache.js ${problem}`;
  expect(() => trimmedFiles(packages, [pick])).toThrow(line);
});

test.each(TRIMS.map(({ file }, i) => [file, i]))('%s: an empty file is not taken', (_, i) => {
  expect(() => (TRIMS[i as number] as Trim).change('')).toThrow();
});
