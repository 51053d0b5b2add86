import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../infra/bundling.ts';

export interface Bundle {
  /** An ESM file. */
  path: string;
  /** Minified. */
  bytes: number;
}

/**
 * Bundles a handler as the stack does.
 *
 * @param folder for the result: one handler each
 */
export async function bundle(entry: string, folder: string): Promise<Bundle> {
  const path = join(folder, 'index.mjs');
  const { banner, ...options } = BUNDLING;
  const { metafile } = await build({
    ...options,
    banner: { js: banner },
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    logLevel: 'error',
  });
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  return { path, bytes };
}
