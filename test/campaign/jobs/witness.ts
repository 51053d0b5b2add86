import { setTimeout as sleep } from 'node:timers/promises';
import { tickOf } from '../../../core/run/tick.ts';
import { DoNotRetry, job, RetryAfter, SkipTick } from '../../../functions/job.ts';
import { dice, pick } from '../dice.ts';
import { type Orders, Witness } from '../witness.ts';

/** What its code does besides returning and throwing; of all attempts. */
const CONDUCT = {
  dies: 0.008,
  exits: 0.008,
  'stops at the signal': 0.003,
  'returns at the signal': 0.003,
  'ignores the signal': 0.003,
  'never to be tried again': 0.005,
  'to be tried again later': 0.01,
  'has nothing to do': 0.005,
};

/** The share of attempts that take their time, and how long at most, in milliseconds. */
const LINGERING = 0.4;
const LONGEST = 2_000;

/** A job whose runs are seen by somebody who does not ask the ledger. */
export const handler = job<Orders>(
  async ({ payload, scheduledTime, attempt, fencingToken, signal }) => {
    const name = process.env.PUNCTUAL_JOB ?? '';
    const tick = tickOf(scheduledTime);
    const roll = (what: string) => dice(payload.seed, what, name, tick, attempt);
    const witness = Witness.start(payload, { job: name, tick, attempt, fencingToken });
    if (roll('lingers') < LINGERING) await sleep(roll('for') * LONGEST);
    switch (conductOf(roll('conduct'), payload)) {
      case 'throws':
        witness.end('threw');
        throw new Error('no luck');
      case 'never to be tried again':
        witness.end('threw');
        throw new DoNotRetry('no hope');
      case 'to be tried again later':
        witness.end('threw');
        throw new RetryAfter('2 minutes');
      case 'has nothing to do':
        witness.end('threw');
        throw new SkipTick('nothing to do');
      case 'dies':
        process.kill(process.pid, 'SIGKILL');
        break;
      case 'exits':
        process.exit(1);
        break;
      case 'stops at the signal':
        await aborted(signal);
        witness.end('threw');
        throw signal.reason;
      case 'returns at the signal':
        await aborted(signal);
        break;
      case 'ignores the signal':
        await sleep(60_000);
    }
    witness.end('returned');
    return { attempt };
  },
);

/** Its share of throws stays: a job that did nothing but throw would be paused and see no more. */
function conductOf(roll: number, { faults, throws }: Orders) {
  return pick(roll, { ...CONDUCT, throws: throws / faults }, faults);
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener('abort', resolve));
}
