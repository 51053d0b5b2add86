import { change, todo } from './table.ts';

/** An open websocket of a customer's browser, held by a gateway that can be asked about it. */
export interface Socket {
  kind: 'socket';
  id: string;
  /** GET pings it; POST to `<url>/reconnect` asks it to reconnect. */
  url: string;
  state: 'alive' | 'dead';
  todo: 'socket';
  /** Since when it is in its state. */
  since: string;
}

/** A machine that runs builds. Each of its heartbeats also says that it is alive. */
export interface Worker {
  kind: 'worker';
  id: string;
  /** POST to `<url>/reconnect` asks it to reconnect. */
  url: string;
  state: 'alive' | 'dead';
  heartbeatAt: string;
  todo: 'worker';
  /** The same as `heartbeatAt`. */
  since: string;
}

/** Every socket on record. */
export function sockets(): AsyncGenerator<Socket> {
  return todo<Socket>('socket');
}

/** Workers that gave no heartbeat since `then`. */
export function silentSince(then: Date): AsyncGenerator<Worker> {
  return todo<Worker>('worker', { before: then });
}

/** Records what a ping found, unless somebody else wrote something newer. */
export function mark(socket: Socket, state: Socket['state'], now: Date): Promise<boolean> {
  return change(socket, {
    update: 'SET #state = :state, since = :now',
    condition: '#state = :before AND since = :since',
    values: {
      ':state': state,
      ':now': now.toISOString(),
      ':before': socket.state,
      ':since': socket.since,
    },
  });
}

/** Marks a worker as dead, unless its heartbeat came in the meantime. */
export function markDead(worker: Worker): Promise<boolean> {
  return change(worker, {
    update: 'SET #state = :dead',
    condition: 'heartbeatAt = :heartbeatAt',
    values: { ':dead': 'dead', ':heartbeatAt': worker.heartbeatAt },
  });
}
