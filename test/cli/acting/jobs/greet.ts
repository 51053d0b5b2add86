import { job } from '../../../../functions/job.ts';

export const handler = job<{ word: string; fail?: boolean }>(async ({ payload }) => {
  if (payload.fail) throw new Error(`${payload.word} did not come out`);
  return { said: payload.word };
});
