import { job } from '../../../functions/job.ts';
import { note } from '../journal.ts';

/** Its third attempt is the first that succeeds. */
export const handler = job<{ folder: string }>(async (run) => {
  note(run.payload.folder, 'started', run);
  if (run.attempt < 3) throw new Error(`no luck in attempt ${run.attempt}`);
  return { attempt: run.attempt };
});
