import { job } from '../../../functions/job.ts';

/** Its first attempt fails in every third hour; in the eleventh all of them do. */
export const handler = job(async ({ scheduledTime, attempt }) => {
  const hour = scheduledTime.getUTCHours();
  if (hour === 11 || (hour % 3 === 0 && attempt === 1)) {
    throw new Error('the invoice service answered 503 Service Unavailable');
  }
  return { invoices: 7 * attempt + hour, attempt };
});
