import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ApiCall, type ApiRequest, apiCallsOf } from './api-calls.ts';

/** Stands before the services of a cloud, and writes down what is asked of them. */
export class Recorder {
  readonly url: string;
  readonly calls: ApiCall[] = [];
  /** Answers what there is no service for; before anything is asked, and `undefined` where there is one. */
  stub: (request: ApiRequest) => { body: string; type: string } | undefined = () => undefined;
  /** Where the others are; set them before anything asks. */
  targets = { dynamodb: '', services: '' };
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<Recorder> {
    const server = createServer(async (request, response) => {
      try {
        const { method = 'GET', url: path = '/', headers } = request;
        const asked = { method, path, headers, body: (await buffer(request)).toString() };
        const { status, type, error, body } = await recorder.#answer(asked);
        const named = error && { 'x-amzn-errortype': error }; // by which the SDK tells what is wrong
        response.writeHead(status, { 'content-type': type, ...named }).end(body);
      } catch (error) {
        // Not to be tried again for ever: the SDK takes a 400 for an answer.
        response.writeHead(400).end(String(error));
      }
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const recorder = new Recorder(server);
    return recorder;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(
    request: ApiRequest,
  ): Promise<{ status: number; type: string; error?: string; body: string }> {
    this.calls.push(...apiCallsOf(request));
    const stubbed = this.stub(request);
    if (stubbed) return { status: 200, ...stubbed };
    const { method, path, headers, body } = request;
    const isStore = String(headers['x-amz-target'] ?? '').startsWith('DynamoDB');
    const target = isStore ? this.targets.dynamodb : this.targets.services;
    const passed = Object.entries(headers).filter(
      ([name]) => name.startsWith('x-amz') || ['authorization', 'content-type'].includes(name),
    );
    const answer = await fetch(target + path, {
      method,
      headers: Object.fromEntries(passed) as Record<string, string>,
      ...(method !== 'GET' && { body }),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    const error = answer.headers.get('x-amzn-errortype') ?? undefined;
    return { status: answer.status, type, error, body: await answer.text() };
  }
}
