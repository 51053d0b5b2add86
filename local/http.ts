import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from './problem.ts';

const HOST = '127.0.0.1';

export interface HttpRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** By name in lower case. */
  headers: IncomingHttpHeaders;
  body: string;
}

export interface HttpReply {
  status: number;
  type?: 'application/json' | 'text/html; charset=utf-8' | 'text/plain; charset=utf-8' | 'text/xml';
  headers?: Record<string, string>;
  body?: string;
}

/** The one HTTP server: the page, the services of the cloud but the database, the world outside. */
export class HttpServer {
  readonly url: string;
  /** Answers every request; set it before anything asks. */
  answer: (request: HttpRequest) => HttpReply | Promise<HttpReply> = () => ({ status: 503 });
  readonly #server: Server;

  /**
   * @param port 0 takes any free one
   * @throws Problem where the port is taken
   */
  static async listen(port: number): Promise<HttpServer> {
    const server = createServer();
    server.listen(port, HOST);
    await once(server, 'listening').catch((error) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new Problem(
        `port ${port} is taken; end what listens on it, or choose another one with --port`,
      );
    });
    return new HttpServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
    // A function keeps its connection while the clock makes it idle; its next request is no retry.
    server.keepAliveTimeout = 0;
    server.on('request', async (request, response) => {
      const reply = await read(request)
        .then((read) => this.answer(read))
        .catch(refusal);
      const { status, type = 'text/plain; charset=utf-8', headers, body } = reply;
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** What can not be answered is the asker's mistake or ours; neither must end the run. */
function refusal(error: Error): HttpReply {
  return { status: 500, body: `${error.message}\n` };
}

async function read(request: IncomingMessage): Promise<HttpRequest> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const { method = 'GET', headers } = request;
  return { method, path: pathname, query: searchParams, headers, body };
}
