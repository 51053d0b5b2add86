import { markDead, silentSince } from '../application/connections.ts';
import { answers, several } from '../application/http.ts';
import { job } from '../job.ts';

/** How old a heartbeat may be, in milliseconds. */
const OLDEST = 5 * 60_000;

/** Marks the workers without a recent heartbeat as dead and asks them to reconnect. */
export const handler = job(async ({ signal, log }) => {
  const count = { dead: 0, asked: 0 };
  await several(8, silentSince(new Date(Date.now() - OLDEST)), signal, async (worker) => {
    if (!(await markDead(worker))) return;
    count.dead += 1;
    if (await answers('POST', `${worker.url}/reconnect`, signal)) count.asked += 1;
    else log.warn('worker can not be asked to reconnect', { worker: worker.id });
  });
  return count;
});
