import { setTimeout } from 'node:timers/promises';
import { job } from '../../../functions/job.ts';

/** In the evening it takes its time, so that there is a live run to be seen. */
export const handler = job(async ({ scheduledTime, signal }) => {
  if (scheduledTime.getUTCHours() === 18) await setTimeout(40_000, undefined, { signal });
  return { documents: 48_211 };
});
