import { job } from '../../../../functions/job.ts';

export const handler = job(async ({ scheduledTime }) => scheduledTime.getTime());
