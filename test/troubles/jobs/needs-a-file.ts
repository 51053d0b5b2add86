import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { job } from '../../../functions/job.ts';
import { note } from '../journal.ts';

/** Fails as long as its world lacks a file. */
export const handler = job<{ folder: string }>(async (run) => {
  const { folder } = run.payload;
  note(folder, 'started', run);
  if (!existsSync(join(folder, 'mended'))) throw new Error('the file is not there');
});
