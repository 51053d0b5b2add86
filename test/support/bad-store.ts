import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something at the store's address that does not do what a store should. */
export interface BadStore {
  endpoint: string;
  /** Requests that reached it. */
  requests: number;
  connections: number;
  stop(): Promise<void>;
}

export async function startBadStore(misbehave: RequestListener): Promise<BadStore> {
  const server = createServer((request, response) => {
    store.requests += 1;
    request.resume().once('end', () => misbehave(request, response));
  });
  server.on('connection', () => {
    store.connections += 1;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const store: BadStore = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 0,
    connections: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return store;
}

/** An address at which nobody listens. */
export async function nobodysEndpoint(): Promise<string> {
  const store = await startBadStore(() => {});
  await store.stop();
  return store.endpoint;
}

const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** An answer as DynamoDB would give it. */
export function answer(status: number, body: unknown): RequestListener {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_, response) =>
    void response.writeHead(status, { 'content-type': CONTENT_TYPE }).end(text);
}

/** An error as DynamoDB answers it. */
export function refusal(type: string, status = 400): RequestListener {
  return answer(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' });
}

/** The connection is cut instead of an answer. */
export const hangUp: RequestListener = (request) => void request.socket.destroy();

/** No answer, and the connection stays open. */
export const silence: RequestListener = () => {};

/** An answer whose head comes and whose body stops halfway, with the connection left open. */
export const halfAnAnswer: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': CONTENT_TYPE, 'content-length': '1000' });
  response.write('{"Item":{"lo');
};

/** The same, with the connection cut. */
export const cutAnswer: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-type': CONTENT_TYPE, 'content-length': '1000' });
  response.write('{"Item":{"lo', () => request.socket.destroy());
};
