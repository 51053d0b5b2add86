import { job } from '../../functions/job.ts';

/** A job that does nothing: what Punctual itself weighs. */
export const handler = job(async () => {});
