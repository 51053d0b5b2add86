import { job } from '../../../functions/job.ts';

/** Dies between four and half past, as a process does that has no memory left. */
export const handler = job(async ({ scheduledTime }) => {
  const [hour, minute] = [scheduledTime.getUTCHours(), scheduledTime.getUTCMinutes()];
  if (hour === 4 && minute < 30) process.exit(137);
  return { articles: 1_204 };
});
