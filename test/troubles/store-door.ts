import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request of a function to the store. */
export interface Asked {
  /** `UpdateItem`, `GetItem` ... */
  action: string;
  /** Of one item: the lock's name, or the job of the run's row. */
  lock?: string;
  job?: string;
}

/** Stands between the functions and their store: writes down what is asked, and can be closed. */
export class StoreDoor {
  readonly endpoint: string;
  readonly asked: Asked[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param isClosed whether a request gets no answer */
  static async before(store: string, isClosed: (asked: Asked) => boolean): Promise<StoreDoor> {
    const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
      const body = (await buffer(request)).toString();
      const action = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      const { Item, Key = Item } = JSON.parse(body);
      const asked = { action, lock: Key?.lock?.S, job: Key?.job?.S };
      door.asked.push(asked);
      if (isClosed(asked)) return void response.destroy();
      const headers = Object.fromEntries(
        HEADERS.map((name) => [name, String(request.headers[name])]),
      );
      const answer = await fetch(store, { method: 'POST', headers, body });
      const type = { 'content-type': 'application/x-amz-json-1.0' };
      response.writeHead(answer.status, type).end(await answer.text());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const door = new StoreDoor(server);
    return door;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

const HEADERS = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'];
