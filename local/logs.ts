import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Where the functions' output goes, below the root of the project. */
export const LOGS = '.punctual/logs';

/**
 * Opens the log of a function, emptied: a new run starts new logs.
 *
 * @returns its file descriptor
 */
export function openLog(root: string, functionName: string): number {
  mkdirSync(join(root, LOGS), { recursive: true });
  const file = join(root, LOGS, `${functionName}.log`);
  openSync(file, 'w');
  // Appending keeps the lines of several processes whole.
  return openSync(file, 'a');
}
