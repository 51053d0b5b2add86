import { job } from '../../../functions/job.ts';

/** Ends its process in the middle of a run: always, or in the first attempt only. */
export const handler = job<{ always: boolean }>(async ({ payload, attempt }) => {
  if (payload.always || attempt === 1) process.exit(3);
  return { attempt };
});
