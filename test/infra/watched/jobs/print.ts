import { setTimeout as sleep } from 'node:timers/promises';
import { job } from '../../../../functions/job.ts';

/** Long enough for the other to find the press taken. */
export const handler = job(async () => {
  await sleep(2_000);
});
