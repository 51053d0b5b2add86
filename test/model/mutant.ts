import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Mutation } from './mutations.ts';
import { CORE, loadProtocol, type Protocol } from './protocol.ts';

/** Inside the project, so that a copy finds the same packages. */
const FOLDER = resolve(CORE, '../.punctual/mutants');

/**
 * Loads a copy of the code that ships with one mistake in it.
 *
 * @throws Error where the mistake's place is not there exactly once: the code has moved on, and the
 * mutation must follow
 */
export async function loadMutant({ name, code }: Mutation): Promise<Protocol> {
  if (!code) return loadProtocol();
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'core-'));
  try {
    cpSync(CORE, folder, { recursive: true });
    const file = join(folder, code.file);
    const parts = readFileSync(file, 'utf8').split(code.find);
    if (parts.length !== 2) {
      throw new Error(
        `mutation '${name}': core/${code.file} has its place ${parts.length - 1} times, not once`,
      );
    }
    writeFileSync(file, parts.join(code.replace));
    return await loadProtocol(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
