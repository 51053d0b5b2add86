import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { BundleCache, type Made } from '../../infra/bundle-cache.ts';

/** The code that bundles may have been edited a moment ago. */
const SOON = Date.now() + 3_600_000;
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

const SOURCE = 'functions/jobs/report.ts';
const PACKAGE = 'node_modules/left-pad/index.js';
const PROJECT = {
  [SOURCE]: "import '../../core/tick';",
  'core/tick.ts': 'export const tick = 1;',
  'tsconfig.json': '{}',
  'package.json': '{ "type": "module" }',
  [PACKAGE]: 'export default 1;',
  'node_modules/.package-lock.json': '{ "left-pad": "1.0.0" }',
};
const FILES = { 'index.mjs': 'the code', 'later-ABC.mjs': 'more of it' };

/** A project with sources and packages that nobody has changed for months. */
let root: string;
let cache: BundleCache;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'punctual-cache-'));
  mkdirSync(join(root, 'functions/jobs'), { recursive: true });
  link('functions/jobs/shared', '../application');
  for (const [path, text] of Object.entries(PROJECT)) write(path, text);
  cache = new BundleCache(root);
  return () => rmSync(root, { recursive: true });
});

function write(path: string, text: string, at = LONG_AGO) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  for (let each = file; each !== root; each = dirname(each)) utimesSync(each, at, at);
}

function link(path: string, target: string) {
  rmSync(join(root, path), { force: true });
  symlinkSync(target, join(root, path));
}

const entry = () => join(root, SOURCE);
const keep = (more: Partial<Made> = {}) =>
  cache.keep(entry(), 'const JOBS=[];', {
    files: FILES,
    inputs: [SOURCE, 'core/tick.ts', PACKAGE],
    startedAt: SOON,
    ...more,
  });
const find = () => cache.find(entry(), 'const JOBS=[];');
const kept = () => readdirSync(join(root, 'node_modules/.cache/punctual/bundles'));

test('what is kept is found, by another process too, as long as nothing changes', () => {
  expect(find()).toBeUndefined();
  keep();
  expect(find()).toEqual(FILES);
  expect(new BundleCache(root).find(entry(), 'const JOBS=[];')).toEqual(FILES);
  expect(cache.find(join(root, 'core/tick.ts'), 'const JOBS=[];')).toBeUndefined();
});

test.each<[string, () => void]>([
  ['the source', () => write(SOURCE, "import '../../core/tock';")],
  ['what it imports', () => write('core/tick.ts', 'export const tick = 2;')],
  ['a package, by its size', () => write(PACKAGE, 'export default 10;')],
  ['a package, by its time', () => write(PACKAGE, 'export default 2;', new Date('2026-02-01'))],
  ['a file that takes the place of an import', () => write('core/tick.tsx', '')],
  ['one above a folder of sources', () => write('functions/jobs.ts', '')],
  ['packages nearer to a source', () => write('functions/node_modules/left-pad/index.js', '')],
  ['a link that leads elsewhere', () => link('functions/jobs/shared', '../../core')],
  ['a source that is gone', () => rmSync(join(root, 'core/tick.ts'))],
  ['the settings of the compiler', () => write('tsconfig.json', '{ "compilerOptions": {} }')],
  ['settings nearer to a source', () => write('functions/tsconfig.json', '{}')],
  ['settings that others extend', () => write('base.json', '{}')],
  ['settings of the project', () => write('package.json', '{ "sideEffects": false }')],
  ['the packages', () => write('node_modules/.package-lock.json', '{ "left-pad": "1.0.1" }')],
])('%s: it is not found any more', (_, change) => {
  keep();
  change();
  expect(find()).toBeUndefined();
});

test('nor with other constants', () => {
  keep();
  expect(cache.find(entry(), 'const JOBS=[1];')).toBeUndefined();
});

test('one bundle an entry is kept, the newest', () => {
  keep();
  write(SOURCE, '');
  keep({ files: { 'index.mjs': 'new' } });
  expect(find()).toEqual({ 'index.mjs': 'new' });
  expect(kept()).toHaveLength(1);
});

test.each(['', '{ "files": {', '{}', '[]', 'null'])('what is no bundle is none: %j', (text) => {
  keep();
  writeFileSync(join(root, 'node_modules/.cache/punctual/bundles', kept()[0] as string), text);
  expect(find()).toBeUndefined();
  keep();
  expect(find()).toEqual(FILES);
});

test('what changed while it was built, or just before, is not kept: the build may have read either', () => {
  // Later than anything else here.
  const changedAt = SOON + 3_600_000;
  write(SOURCE, PROJECT[SOURCE], new Date(changedAt));
  for (const startedAt of [changedAt - 1_000, changedAt + 1_000]) {
    keep({ startedAt });
    expect(find()).toBeUndefined();
  }
  keep({ startedAt: changedAt + 3_000 });
  expect(find()).toEqual(FILES);
});

test('with a source outside the project it is not kept: that may find other packages', () => {
  const elsewhere = `${root}-elsewhere.ts`;
  writeFileSync(elsewhere, '');
  utimesSync(elsewhere, LONG_AGO, LONG_AGO);
  keep({ inputs: [SOURCE, `../${basename(elsewhere)}`] });
  onTestFinished(() => rmSync(elsewhere));
  expect(find()).toBeUndefined();
});

test('where nothing can be written nothing is kept, and that is all', () => {
  writeFileSync(join(root, 'node_modules/.cache'), 'a file');
  keep();
  expect(find()).toBeUndefined();
});
