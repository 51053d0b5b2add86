import type { Beacon } from './beacon.ts';
import type { Console } from './console.ts';
import { Mailbox } from './email.ts';
import { whyRefused } from './guard.ts';
import type { HttpReply, HttpRequest } from './http.ts';
import type { LambdaApi } from './lambda-api.ts';
import type { Left } from './left.ts';
import { outboxPage } from './outbox.ts';
import { consolePage } from './page.ts';
import type { SchedulerApi } from './scheduler-api.ts';
import type { SnsApi } from './sns-api.ts';
import type { World } from './world.ts';

export interface GatewaySetup {
  /** The simulated time in milliseconds since 1970. */
  now(): number;
  schedulerApi: SchedulerApi;
  lambdaApi: LambdaApi;
  snsApi: SnsApi;
  world: World | undefined;
  /** For the page. */
  console: Console;
  left(): Left;
  /** For the command line. Default: it is told nothing. */
  beacon?: Omit<Beacon, 'now'>;
}

/** Where the command line asks what it would ask CloudFormation. */
const BEACON = '/cloud.json';

/** Everything that is asked over HTTP: the services of the cloud, the world outside, and the page. */
export class Gateway {
  readonly #setup: GatewaySetup;
  readonly #mailbox = new Mailbox();

  constructor(setup: GatewaySetup) {
    this.#setup = setup;
  }

  answer(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const why = whyRefused(request);
    if (why !== undefined) return { status: 403, body: `${why}\n` };
    return this.#service(request) ?? this.#page(request);
  }

  #service(request: HttpRequest): HttpReply | Promise<HttpReply> | undefined {
    const { schedulerApi, lambdaApi, snsApi, world } = this.#setup;
    const { method, path, body } = request;
    const now = this.#setup.now();
    if (path === Mailbox.PATH && method === 'POST') return this.#mailbox.receive(body, now);
    if (path.startsWith('/world/')) return world?.answer(method, path) ?? { status: 404 };
    return (
      schedulerApi.answer(request, now) ?? lambdaApi.answer(request) ?? snsApi.answer(request, now)
    );
  }

  async #page({ method, path, query, body }: HttpRequest): Promise<HttpReply> {
    const { console, snsApi, left, now, beacon } = this.#setup;
    if (path === BEACON && beacon)
      return {
        status: 200,
        type: 'application/json',
        body: JSON.stringify({ now: now(), ...beacon }),
      };
    const sent = { alerts: snsApi.alerts, emails: this.#mailbox.emails };
    if (path === '/outbox' && method === 'GET') return document(outboxPage(sent));
    if (path !== '/') return { status: 404, body: 'There are two pages: / and /outbox\n' };
    if (method === 'POST') {
      const location = await console.act(Object.fromEntries(new URLSearchParams(body)));
      // A reload of what is shown then does not do it again.
      return { status: 303, headers: { location } };
    }
    if (method !== 'GET') return { status: 405 };
    const asked = Object.fromEntries(query);
    const shown = await console.show(asked);
    return document(consolePage({ ...sent, shown, asked, now: now(), left: left() }));
  }
}

/** A page in which nothing runs and which nobody can put into a frame, whatever a job wrote into it. */
function document(body: string): HttpReply {
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    headers: {
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    },
    body,
  };
}
