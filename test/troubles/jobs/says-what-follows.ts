import { DoNotRetry, job, RetryAfter, SkipTick } from '../../../functions/job.ts';

/** Says with what it throws what is to follow. */
export const handler = job<{ throws: 'SkipTick' | 'DoNotRetry' | 'RetryAfter' }>(
  async ({ payload, attempt }) => {
    if (payload.throws === 'SkipTick') throw new SkipTick('a holiday');
    if (payload.throws === 'DoNotRetry') throw new DoNotRetry('the customer is gone');
    if (attempt === 1) throw new RetryAfter('20 minutes', 'rate limit');
    return { attempt };
  },
);
