import { job } from '../../../../functions/job.ts';

/** Fails at its first attempt, but not after noon. */
export const handler = job(async ({ attempt, scheduledTime }) => {
  if (attempt === 1 && scheduledTime.getUTCHours() < 12) throw new Error('stumbled');
  return attempt;
});
