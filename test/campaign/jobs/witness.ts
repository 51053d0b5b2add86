import { setTimeout as sleep } from 'node:timers/promises';
import { tickOf } from '../../../core/run/tick.ts';
import { job } from '../../../functions/job.ts';
import { dice, pick } from '../dice.ts';
import { Witness } from '../witness.ts';

/** What its code does besides returning; of 100 runs. */
const CONDUCT = {
  throws: 0.05,
  dies: 0.01,
  'stops at the signal': 0.001,
  'ignores the signal': 0.001,
};

/** A job whose runs are seen by somebody who does not ask the ledger. */
export const handler = job<{ seed: number; folder: string }>(
  async ({ payload, scheduledTime, attempt, fencingToken, signal }) => {
    const name = process.env.PUNCTUAL_JOB ?? '';
    const tick = tickOf(scheduledTime);
    const witness = Witness.start(payload.folder, { job: name, tick, attempt, fencingToken });
    switch (pick(dice(payload.seed, 'conduct', name, tick, attempt), CONDUCT)) {
      case 'throws':
        witness.end('threw');
        throw new Error('no luck');
      case 'dies':
        process.kill(process.pid, 'SIGKILL');
        break;
      case 'stops at the signal':
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        witness.end('stopped');
        throw signal.reason;
      case 'ignores the signal':
        await sleep(60_000);
    }
    witness.end('returned');
    return { attempt };
  },
);
