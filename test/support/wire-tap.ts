import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What went over the wire to the store: requests, and the capacity that the store says they used. */
export interface Cost {
  requests: number;
  writeUnits: number;
  readUnits: number;
}

/**
 * A proxy between the SDK and a store that counts. It asks the store to report the capacity of each
 * request, so that an item over a kilobyte is seen to cost two units.
 */
export class WireTap {
  readonly endpoint: string;
  /** Of the requests to come, counted from 1, those that never arrive: their connection is cut. */
  loses: readonly number[] = [];
  readonly #server: Server;
  #cost: Cost = { requests: 0, writeUnits: 0, readUnits: 0 };

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async before(store: string): Promise<WireTap> {
    let requests = 0;
    const server = createServer(async (request, response) => {
      requests += 1;
      if (tap.loses.includes(requests)) return void request.socket.destroy();
      const answer = await forward(store, request);
      tap.#count(request, answer.body);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const tap = new WireTap(server);
    return tap;
  }

  /** What the work cost, counted on the wire. */
  async costOf(work: () => Promise<unknown>): Promise<Cost> {
    this.#cost = { requests: 0, writeUnits: 0, readUnits: 0 };
    await work();
    return this.#cost;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #count(request: IncomingMessage, body: string): void {
    const reads = /\.(GetItem|BatchGetItem|Query)$/.test(String(request.headers['x-amz-target']));
    // A refused condition reports no capacity, yet a write was used up for it.
    const units = JSON.parse(body).ConsumedCapacity?.CapacityUnits ?? 1;
    this.#cost.requests += 1;
    this.#cost[reads ? 'readUnits' : 'writeUnits'] += units;
  }
}

async function forward(store: string, request: IncomingMessage) {
  const asked = JSON.parse((await buffer(request)).toString());
  const target = String(request.headers['x-amz-target']);
  const item = /\.(GetItem|PutItem|UpdateItem)$/.test(target);
  const answer = await fetch(store, {
    method: 'POST',
    headers: Object.fromEntries(
      ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'].map((name) => [
        name,
        String(request.headers[name]),
      ]),
    ),
    body: JSON.stringify(item ? { ...asked, ReturnConsumedCapacity: 'TOTAL' } : asked),
  });
  return {
    status: answer.status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: await answer.text(),
  };
}
