import { job } from '../../../functions/job.ts';

/** Fails at three minutes past. */
export const handler = job(async ({ scheduledTime, log }) => {
  if (scheduledTime.getUTCMinutes() === 3) throw new Error('the invoice service answered 503');
  log.info('imported');
  return { invoices: 12 };
});
