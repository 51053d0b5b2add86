import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Tick } from '../core/run/tick.ts';
import { AsyncInvoker } from './async-invoker.ts';
import type { Clock } from './clock.ts';
import { Mailbox } from './email.ts';
import { LocalFunction } from './function.ts';
import { History } from './history.ts';
import type { HttpReply, HttpRequest, HttpServer } from './http.ts';
import { openLog } from './logs.ts';
import { page } from './page.ts';
import { operatorReportOf, type Report, reportOf } from './report.ts';
import type { Resources } from './resources.ts';
import { Scheduler } from './scheduler.ts';
import { createWorld } from './world.ts';

export interface CloudSetup {
  /** The folder of the project; the logs go below it. */
  root: string;
  resources: Resources;
  clock: Clock;
  client: DynamoDBClient;
  /** Of the database, for the functions. */
  endpoint: string;
  http: HttpServer;
  /** Simulated milliseconds since 1970: fires the ticks in [from, to). */
  from: number;
  to: number;
  /** Milliseconds after its time at which each delivery of an event comes. */
  deliveries(job: string, tick: Tick): number[];
  seed: number;
  /** Told of every run; duplicates are only counted. */
  onRun(report: Report): void;
}

/** The cloud on one machine: the schedules, functions, e-mails and the world around them. */
export class LocalCloud {
  readonly history = new History();
  readonly #setup: CloudSetup;
  readonly #scheduler: Scheduler;
  readonly #invoker: AsyncInvoker;
  readonly #mailbox = new Mailbox();
  readonly #functions: Map<string, LocalFunction>;
  readonly #world: ReturnType<typeof createWorld> | undefined;
  /** The change of the world that is under way. */
  #turning: Promise<void> | undefined;
  #finished = false;

  constructor(setup: CloudSetup) {
    const { resources, clock, client, endpoint, http, root, from, to, deliveries, seed } = setup;
    this.#setup = setup;
    const endpoints = { dynamodb: endpoint, ses: http.url };
    this.#functions = new Map(
      resources.functions.map((fn) => {
        const log = openLog(root, logNameOf(fn.name, resources));
        return [fn.name, new LocalFunction(fn, clock, endpoints, log)];
      }),
    );
    this.#invoker = new AsyncInvoker(clock, (invocation, functionName) => {
      const operator = resources.operators.find((one) => one.functionName === functionName);
      if (operator) {
        const report = operatorReportOf(operator.name, invocation);
        if (report) setup.onRun(report);
        return;
      }
      const report = reportOf(invocation);
      this.history.add(report);
      if (report.status !== 'duplicate') setup.onRun(report);
    });
    this.#scheduler = new Scheduler({
      clock,
      schedules: [...resources.schedules, ...resources.operators],
      from,
      to,
      deliveries,
      seed,
      deliver: (name, event) =>
        this.#invoker.invoke(this.#functions.get(name) as LocalFunction, event),
    });
    const application = resources.tables.find(({ logicalId }) => logicalId.includes('Application'));
    if (application)
      this.#world = createWorld({ client, table: application.name, baseUrl: http.url, seed });
    http.answer = (request) => this.#answer(request);
  }

  async start(): Promise<void> {
    const { clock } = this.#setup;
    await this.#world?.seed(new Date(clock.now()));
    this.#turnWorld();
    this.#scheduler.start();
    clock.start();
  }

  /** Resolves once everything that came due has been dealt with. */
  settled(): Promise<void> {
    return this.#scheduler.settled();
  }

  /**
   * Nothing new starts; what runs is let finish. Then the clock stands still.
   *
   * @returns the ticks that had come due and are not delivered any more
   */
  async finish(): Promise<Scheduler['withdrawn']> {
    this.#finished = true;
    this.#scheduler.stop();
    this.#invoker.stop();
    await Promise.all([this.#scheduler.settled(), this.#turning]);
    this.#setup.clock.stop();
    return this.#scheduler.withdrawn;
  }

  /** Kills the process that serves an invocation, as a crash would. */
  kill(requestId: string): void {
    for (const fn of this.#functions.values()) fn.kill(requestId);
  }

  /** Ends every process. */
  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((fn) => fn.stop()));
  }

  /** The world changes a little at regular times; meanwhile the clock is held. */
  #turnWorld(): void {
    const world = this.#world;
    const { clock } = this.#setup;
    if (!world) return;
    clock.at(clock.now() + world.everyMs, () => {
      if (this.#finished) return;
      const release = clock.hold();
      this.#turning = world.step(new Date(clock.now())).finally(release);
      this.#turnWorld();
    });
  }

  #answer({ method, path, body }: HttpRequest): HttpReply {
    const now = this.#setup.clock.now();
    if (path === Mailbox.PATH && method === 'POST') return this.#mailbox.receive(body, now);
    if (path.startsWith('/world/')) return this.#world?.answer(method, path) ?? { status: 404 };
    if (path !== '/') return { status: 404, body: 'There is only one page: /\n' };
    const { schedules } = this.#setup.resources;
    const html = page({ now, schedules, history: this.history, emails: this.#mailbox.emails });
    return { status: 200, type: 'text/html; charset=utf-8', body: html };
  }
}

/** The log of a function is looked for by what it runs; one that runs several things has its own name. */
function logNameOf(functionName: string, { schedules, operators }: Resources): string {
  const names = new Set([
    ...schedules.filter((one) => one.functionName === functionName).map(({ job }) => job),
    ...operators.filter((one) => one.functionName === functionName).map(({ name }) => name),
  ]);
  const [name = functionName] = names;
  return names.size === 1 ? name : functionName;
}
