import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What the tests put into the temporary folder goes with the run: Vitest ends its workers before their
 * exit handlers, so each run would leave some fifty megabytes there.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-tests-'));
  process.env.TMPDIR = folder; // of all workers, and of what they start
  return () => rmSync(folder, { recursive: true, force: true });
}
