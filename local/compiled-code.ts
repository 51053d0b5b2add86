import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/**
 * Where V8 keeps what it compiled of the functions' code, for the next process of the same code: without
 * it half of a process's start goes to reading TypeScript and JavaScript again. It goes with this process,
 * as the bundles do.
 */
export function compiledCode(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'punctual-compiled-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}
