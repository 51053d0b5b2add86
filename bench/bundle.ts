import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { bundle as bundleAll } from '../infra/bundling.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** A minified handler. All sizes in bytes. */
export interface Bundle {
  /** An ESM file. */
  path: string;
  /** Of what its import reads. */
  bytes: number;
  /** Of what it may load later. */
  later: number;
  /** What its import reads, by package; what is ours by folder. */
  parts: Record<string, number>;
}

/**
 * Bundles handlers as the stack does.
 *
 * @param constants see there
 */
export async function bundle(
  entries: readonly string[],
  constants?: Record<string, unknown>,
): Promise<Map<string, Bundle>> {
  const bundles = [...(await bundleAll(entries, constants))];
  return new Map(
    bundles.map(([entry, { folder, meta }]) => [
      entry,
      // Built just now: there is no cache here.
      { path: join(folder, 'index.mjs'), ...sizesOf(meta as Metafile) },
    ]),
  );
}

/** Bundles a handler as people do: with the same bundler, one file, nothing taken out. */
export async function bundlePlainly(entry: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-plain-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'index.mjs');
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
  return { path, ...sizesOf(metafile) };
}

function sizesOf({ outputs }: Metafile): Omit<Bundle, 'path'> {
  const entry = Object.keys(outputs).find((path) => path.endsWith('/index.mjs')) as string;
  const read = new Set<string>([entry]);
  // Grows as it is gone through.
  for (const path of read)
    for (const { kind, path: imported } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && imported in outputs) read.add(imported);
  const parts: Record<string, number> = {};
  for (const path of read)
    for (const [input, { bytesInOutput }] of Object.entries(outputs[path]?.inputs ?? {}))
      parts[partOf(input)] = (parts[partOf(input)] ?? 0) + bytesInOutput;
  const sum = (paths: Iterable<string>) =>
    [...paths].reduce((bytes, path) => bytes + (outputs[path]?.bytes ?? 0), 0);
  const bytes = sum(read);
  return { bytes, later: sum(Object.keys(outputs)) - bytes, parts };
}

/** `@smithy/core`, `functions/runtime` */
function partOf(input: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
  return name ?? relative(ROOT, resolve(input)).split('/').slice(0, -1).slice(0, 2).join('/');
}
