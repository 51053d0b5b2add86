import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Where the functions' output goes, below the root of the project. */
export const LOGS = '.punctual/logs';

/**
 * Opens the log of a function, emptied: a new run starts new logs.
 *
 * @param root the folder of the project
 * @returns its file descriptor
 */
export function openLog(root: string, name: string): number {
  mkdirSync(join(root, LOGS), { recursive: true });
  const file = join(root, LOGS, `${name}.log`);
  closeSync(openSync(file, 'w'));
  // Appending keeps the lines of several processes whole.
  return openSync(file, 'a');
}
