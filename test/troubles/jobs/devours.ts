import { setImmediate as turn } from 'node:timers/promises';
import { job } from '../../../functions/job.ts';

/** Takes memory until it is killed for it. */
export const handler = job(async () => {
  const hoard: Buffer[] = [];
  for (;;) {
    hoard.push(Buffer.alloc(4_000_000, 1));
    await turn();
  }
});
