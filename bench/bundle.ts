import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle as bundleAll } from '../infra/bundling.ts';

export interface Bundle {
  /** An ESM file. */
  path: string;
  /** Minified. */
  bytes: number;
}

/** Bundles a handler as the stack does. */
export async function bundle(entry: string): Promise<Bundle> {
  const folder = (await bundleAll([entry])).get(entry) ?? '';
  const path = join(folder, 'index.mjs');
  return { path, bytes: statSync(path).size };
}
