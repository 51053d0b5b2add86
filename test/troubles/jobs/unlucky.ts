import { tickOf } from '../../../core/run/tick.ts';
import { job } from '../../../functions/job.ts';
import { dice } from '../../campaign/dice.ts';
import { note } from '../journal.ts';

/** Fails one time in five; which times hangs on nothing but the seed. */
export const handler = job<{ folder: string; seed: number }>(async (run) => {
  const { folder, seed } = run.payload;
  note(folder, 'started', run);
  if (dice(seed, tickOf(run.scheduledTime), run.attempt) < 0.2) throw new Error('no luck');
  note(folder, 'effect', run);
});
