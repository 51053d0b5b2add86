import { job } from '../../../functions/job.ts';

export const handler = job<{ most: number }>(async ({ payload, scheduledTime, log }) => {
  log.info('reminding', { most: payload.most });
  return { reminded: payload.most, minute: scheduledTime.getUTCMinutes() };
});
