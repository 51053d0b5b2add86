import { job } from '../../../../functions/job.ts';

export const handler = job(async () => {
  throw new Error('as ever');
});
