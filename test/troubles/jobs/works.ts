import { setTimeout as sleep } from 'node:timers/promises';
import { job } from '../../../functions/job.ts';
import { note } from '../journal.ts';

/** Takes a while. */
export const handler = job<{ folder: string; ms: number }>(async (run) => {
  const { folder, ms } = run.payload;
  note(folder, 'started', run);
  await sleep(ms);
  note(folder, 'ended', run);
});
