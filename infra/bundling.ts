import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { type BuildFailure, build, type Loader, type Metafile, type Plugin } from 'esbuild';
import type { BundleCache, Files } from './bundle-cache.ts';
import { BundleError } from './bundle-error.ts';
import { trimmedFiles } from './trims.ts';

const PACKAGES = realpathSync(resolve(import.meta.dirname, '../node_modules'));

/** The code of one function. */
export interface Bundle {
  /** Has `index.mjs` and what it loads; it goes when this process ends. */
  folder: string;
  /** What went into which file, as esbuild describes it; absent where an earlier synthesis made it. */
  meta?: Metafile;
}

/**
 * Makes one folder of each entry: `index.mjs` with everything it imports, the AWS SDK too (the runtime's
 * would be another version than the one tested, and loads slower), and one file for each thing that it
 * loads on demand, with what they share in further ones. So a cold start does not read what few runs need.
 *
 * Each entry in a build of its own: in one for all, the files they share would be cut by who shares them,
 * and every job's code would change with the list.
 *
 * @param constants plain data under a global name, for the entries that mention it: what is known only at synth
 * @param cache what need not be built again. Default: everything is
 * @throws BundleError for the first thing in the code that can not be bundled, or where a package is no
 *   longer what `TRIMS` knows
 */
export async function bundle(
  entries: readonly string[],
  constants: Record<string, unknown> = {},
  cache?: BundleCache,
): Promise<Map<string, Bundle>> {
  const root = mkdtempSync(join(tmpdir(), 'punctual-bundles-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const trim = trimming(trimmedFiles(PACKAGES));
  const bundles = new Map<string, Bundle>();
  // One after the other: each of them keeps all cores busy.
  for (const [i, entry] of [...new Set(entries)].entries()) {
    const folder = join(root, String(i));
    const defined = definitionsIn(entry, constants);
    const kept = cache?.find(entry, defined);
    if (kept) {
      write(folder, kept);
      bundles.set(entry, { folder });
      continue;
    }
    const meta = await bundleOne(entry, folder, [trim, defining(entry, defined)]);
    cache?.keep(entry, defined, {
      files: filesIn(folder),
      inputs: Object.keys(meta.inputs),
      // Not when this build began: before the first the code here was read, and what it trims.
      startedAt: performance.timeOrigin,
    });
    bundles.set(entry, { folder, meta });
  }
  return bundles;
}

function write(folder: string, files: Files): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function filesIn(folder: string): Files {
  const names = readdirSync(folder);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/**
 * What is loaded on demand lies in files of its own, unless that would change what the code means. Left
 * is the order of packages: one that is also loaded on demand is evaluated before what is not.
 */
async function bundleOne(entry: string, folder: string, plugins: Plugin[]): Promise<Metafile> {
  const split = await buildOne(entry, folder, plugins, true);
  if (!changesMeaning(split)) return split;
  rmSync(folder, { recursive: true });
  return buildOne(entry, folder, plugins, false);
}

/**
 * esbuild gives a CommonJS package that it splits off only its default export, and evaluates a file that two
 * parts share before all others (its issues 3245 and 399).
 */
function changesMeaning({ inputs, outputs }: Metafile): boolean {
  const loaded = Object.values(inputs).flatMap(({ imports }) => imports);
  if (loaded.some(({ kind, path }) => kind === 'dynamic-import' && inputs[path]?.format === 'cjs'))
    return true;
  const index = Object.entries(outputs).find(([path]) => path.endsWith('index.mjs'))?.[1];
  const shared =
    index?.imports.filter(({ kind, external }) => kind === 'import-statement' && !external) ?? [];
  const files = shared.flatMap(({ path }) => Object.keys(outputs[path]?.inputs ?? {}));
  return files.some((file) => !file.includes('node_modules/'));
}

async function buildOne(
  entry: string,
  folder: string,
  plugins: Plugin[],
  splitting: boolean,
): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: { index: entry },
    // The names of what is split off follow from it: the same code is the same asset wherever it is built.
    absWorkingDir: dirname(PACKAGES),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Without it esbuild takes the CommonJS builds, which it can not tree-shake.
    mainFields: ['module', 'main'],
    // The few CommonJS packages that are left call require.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    // A list elsewhere finds the packages that are here.
    nodePaths: [PACKAGES],
    plugins,
    logLevel: 'silent',
  }).catch((error: BuildFailure) => {
    const [first] = error.errors ?? [];
    if (!first) throw error;
    const { location, text } = first;
    throw new BundleError(location ? `${location.file}:${location.line}: ${text}` : text);
  });
  return metafile;
}

/** Takes some files as they are given here. */
function trimming(files: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'trims',
    setup({ onLoad }) {
      // Without a narrow filter every file there is would be asked for here.
      onLoad({ filter: anyOf([...files.keys()]) }, ({ path }) => {
        const contents = files.get(path);
        if (contents === undefined) return undefined;
        return { contents, resolveDir: dirname(path), loader: loaderOf(path) };
      });
    },
  };
}

/** The constants that an entry mentions, as code. */
function definitionsIn(entry: string, constants: Record<string, unknown>): string {
  const source = readFileSync(entry, 'utf8');
  const used = Object.entries(constants).filter(([name]) => source.includes(name));
  return used.map(([name, value]) => `const ${name}=${JSON.stringify(value)};`).join('');
}

/**
 * Writes constants into an entry. esbuild's own `define` would have every file of the bundle wait for
 * them, as soon as one is a list.
 */
function defining(entry: string, definitions: string): Plugin {
  return {
    name: 'constants',
    setup({ onLoad }) {
      onLoad({ filter: anyOf([entry]) }, ({ path }) => ({
        contents: definitions + readFileSync(path, 'utf8'),
        loader: loaderOf(path),
      }));
    },
  };
}

function loaderOf(path: string): Loader {
  const kind = extname(path)
    .replace(/^\.[mc]/, '.')
    .slice(1);
  return kind as Loader;
}

/** Matches these paths. As it is a filter of esbuild's, it knows only what Go's expressions know. */
function anyOf(paths: readonly string[]): RegExp {
  return new RegExp(`^(${paths.map((path) => path.replace(/[^\w]/gu, '.')).join('|')})$`);
}
