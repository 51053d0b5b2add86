import { setTimeout as sleep } from 'node:timers/promises';
import { job } from '../../../functions/job.ts';

/** Sleeps past its timeout, and hears its signal, or does not, or can not. */
export const handler = job<{ how: 'heeds' | 'ignores' | 'blocks' }>(async ({ payload, signal }) => {
  // Nothing else of this process runs meanwhile, not even what would record that it timed out.
  if (payload.how === 'blocks')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  await sleep(60_000, undefined, payload.how === 'heeds' ? { signal } : {});
});
