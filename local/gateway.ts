import { Mailbox } from './email.ts';
import type { History } from './history.ts';
import type { HttpReply, HttpRequest } from './http.ts';
import type { LambdaApi } from './lambda-api.ts';
import type { Left } from './left.ts';
import { page } from './page.ts';
import type { ScheduleResource } from './resources.ts';
import type { SchedulerApi } from './scheduler-api.ts';
import type { World } from './world.ts';

export interface GatewaySetup {
  /** The simulated time in milliseconds since 1970. */
  now(): number;
  schedulerApi: SchedulerApi;
  lambdaApi: LambdaApi;
  world: World | undefined;
  /** For the page. */
  schedules: ScheduleResource[];
  history: History;
  left(): Left;
}

/** Everything that is asked over HTTP: the services of the cloud, the world outside, and the page. */
export class Gateway {
  readonly #setup: GatewaySetup;
  readonly #mailbox = new Mailbox();

  constructor(setup: GatewaySetup) {
    this.#setup = setup;
  }

  answer(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const { schedulerApi, lambdaApi, world } = this.#setup;
    const { method, path, body } = request;
    const now = this.#setup.now();
    const reply = schedulerApi.answer(request, now) ?? lambdaApi.answer(request);
    if (reply) return reply;
    if (path === Mailbox.PATH && method === 'POST') return this.#mailbox.receive(body, now);
    if (path.startsWith('/world/')) return world?.answer(method, path) ?? { status: 404 };
    if (path !== '/') return { status: 404, body: 'There is only one page: /\n' };
    return { status: 200, type: 'text/html; charset=utf-8', body: this.#page(now) };
  }

  #page(now: number): string {
    const { schedules, history, left } = this.#setup;
    const { emails } = this.#mailbox;
    return page({ now, schedules, history, emails, left: left() });
  }
}
