import { setTimeout as sleep } from 'node:timers/promises';
import { job } from '../../../../functions/job.ts';

/** Takes so many seconds. */
export const handler = job<{ seconds: number }>(async ({ payload }) => {
  await sleep(payload.seconds * 1_000);
});
