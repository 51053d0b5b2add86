import { mark, sockets } from '../application/connections.ts';
import { answers, several } from '../application/http.ts';
import { job } from '../job.ts';

/** Pings every socket on record, marks the dead ones and asks them to reconnect. */
export const handler = job(async ({ signal, log }) => {
  const count = { alive: 0, dead: 0, back: 0, asked: 0 };
  await several(8, sockets(), signal, async (socket) => {
    const state = (await answers('GET', socket.url, signal)) ? 'alive' : 'dead';
    count[state] += 1;
    if (state !== socket.state) {
      const marked = await mark(socket, state, new Date());
      if (marked && state === 'alive') count.back += 1;
    }
    if (state === 'alive') return;
    if (await answers('POST', `${socket.url}/reconnect`, signal)) count.asked += 1;
    else log.warn('socket can not be asked to reconnect', { socket: socket.id });
  });
  return count;
});
