import { job } from '../../../functions/job.ts';

export const handler = job(async () => {});

// Deployed code that can not even be loaded.
throw new Error('a setting is missing');
