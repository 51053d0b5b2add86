import { job } from '../../../../functions/job.ts';

export const handler = job(async ({ attempt }) => {
  if (attempt === 1) process.exit(1);
});
