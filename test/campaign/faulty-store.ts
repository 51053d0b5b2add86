import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { dice, isAway, pick } from './dice.ts';

/** What befalls a request on its way to the store and back; of all requests. */
const SHARES = {
  'answer lost': 0.01,
  'answer late': 0.0005,
  throttled: 0.01,
  'killed before': 0.003,
  'killed after': 0.003,
  'cut off before': 0.003,
  'cut off after': 0.003,
};
export type Fault = keyof typeof SHARES | 'store away';

/**
 * How often a request that is cut off is sent in vain: as often as a ledger tries. So whoever sent it
 * ends between two requests, also where it can not be killed, as the finalizer and the sweeper.
 */
const IN_VAIN = 5;

type Item = Record<string, { S?: string; M?: Item }>;

/** What a change of the lock says, and a row that is put. */
type Asked = { ExpressionAttributeValues?: Item; Item?: Item };

/** Longer than the request timeout of a function's ledger. */
const LATE_MS = 2_500;
export interface FaultySetup {
  /** The real store. */
  store: string;
  seed: number;
  /** How many times as likely every fault is. */
  faults: number;
  /** Simulated milliseconds since 1970. */
  now(): number;
  /** Ends the process that serves an invocation. */
  kill(requestId: string): void;
}

/** Stands between the functions and their store, and does what networks and services do. */
export class FaultyStore {
  readonly endpoint: string;
  readonly counts = new Map<Fault, number>();
  /** How often a tick took a place in a lock's queue. */
  placesTaken = 0;
  /** Off: everything passes. */
  on = false;
  readonly #setup: FaultySetup;
  readonly #server: Server;
  readonly #requestIds = new Map<string, string>();
  readonly #seen = new Map<string, number>();
  /** Requests that were cut off, and how often they are still to be sent in vain. */
  readonly #cutOff = new Map<string, number>();

  private constructor(setup: FaultySetup, server: Server) {
    this.#setup = setup;
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async before(setup: FaultySetup): Promise<FaultyStore> {
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      void faulty.#answer(request, response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const faulty = new FaultyStore(setup, server);
    return faulty;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(request)).toString();
    const requestId = this.#invocationOf(body);
    const left = this.#cutOff.get(body) ?? 0;
    if (left > 0) {
      this.#cutOff.set(body, left - 1);
      return void response.destroy();
    }
    const fault = this.#faultOf(body);
    if (fault?.startsWith('cut off')) this.#cutOff.set(body, IN_VAIN - 1);
    if (fault) this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    if (fault === 'store away' || fault === 'cut off before') return void response.destroy();
    if (fault === 'throttled') return reply(response, 400, THROTTLED);
    if (fault === 'killed before' && requestId) {
      this.#setup.kill(requestId);
      return void response.destroy();
    }
    const { status, text } = await this.#forward(request, body);
    if (status === 200 && TAKES_PLACE.test(body)) this.placesTaken += 1;
    if (fault === 'answer lost' || fault === 'cut off after') return void response.destroy();
    if (fault === 'answer late') await sleep(LATE_MS);
    if (fault === 'killed after' && requestId) this.#setup.kill(requestId);
    reply(response, status, text);
  }

  /** Decided by what the request is, and how often it was seen: not by when it happens to come. */
  #faultOf(body: string): Fault | undefined {
    if (!this.on) return undefined;
    const { seed, faults, now } = this.#setup;
    if (isAway(seed, 'store', now())) return 'store away';
    const { TableName, Key, UpdateExpression, Item: row } = JSON.parse(body);
    const what = JSON.stringify([TableName, Key ?? [row?.job, row?.tick], UpdateExpression]);
    const nth = (this.#seen.get(what) ?? 0) + 1;
    this.#seen.set(what, nth);
    return pick(dice(seed, 'request', what, nth), SHARES, faults);
  }

  /** Which invocation sent it: a claim says so, and what follows carries the claim's token. */
  #invocationOf(body: string): string | undefined {
    const { ExpressionAttributeValues: values = {}, Item: row } = JSON.parse(body) as Asked;
    // The very first claim makes the lock, with a map of holders.
    const [first] = Object.values(values[':holders']?.M ?? {});
    const holder = values[':holder']?.M ?? first?.M;
    const requestId = holder?.requestId?.S ?? row?.requestId?.S;
    const token = holder?.token?.S ?? row?.token?.S ?? values[':token']?.S;
    if (requestId && token) this.#requestIds.set(token, requestId);
    return requestId ?? this.#requestIds.get(token ?? '');
  }

  async #forward(
    request: IncomingMessage,
    body: string,
  ): Promise<{ status: number; text: string }> {
    const names = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'];
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
    const answer = await fetch(this.#setup.store, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  }
}

/** Only who takes a place sets nothing else. */
const TAKES_PLACE = /"UpdateExpression":"SET #waiting.#place = :place"/;

const THROTTLED = JSON.stringify({
  __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException',
  message: 'Rate of requests exceeds the allowed throughput.',
});

function reply(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}
