import { job } from '../../../../functions/job.ts';

/** Dies in the morning. */
export const handler = job(async ({ scheduledTime }) => {
  if (scheduledTime.getUTCHours() < 12) process.exit(3);
});
