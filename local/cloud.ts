import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { functionName } from '../core/run/function-name.ts';
import { AsyncInvoker } from './async-invoker.ts';
import type { Beacon } from './beacon.ts';
import type { Clock } from './clock.ts';
import { Console } from './console.ts';
import { EventSource } from './event-source.ts';
import { LocalFunction } from './function.ts';
import { shortNameOf } from './function-name.ts';
import { Gateway } from './gateway.ts';
import { History } from './history.ts';
import type { HttpServer } from './http.ts';
import { LambdaApi } from './lambda-api.ts';
import type { Left } from './left.ts';
import { openLog } from './logs.ts';
import { OpenWork } from './open-work.ts';
import { Queues } from './queues.ts';
import type { Report } from './report.ts';
import { Reporter } from './reporter.ts';
import type { Resources } from './resources.ts';
import { Scheduler, type SchedulerSetup, type Span } from './scheduler.ts';
import { SchedulerApi } from './scheduler-api.ts';
import { type Alert, SnsApi } from './sns-api.ts';
import { createWorld } from './world.ts';
import { WorldClock } from './world-clock.ts';

/** The function that makes the page, as the stack has it. */
const CONSOLE = 'punctual-console';

export interface CloudSetup {
  /** The folder of the project; the logs go below it. */
  root: string;
  resources: Resources;
  clock: Clock;
  client: DynamoDBClient;
  /** Of the database, for the functions. */
  endpoint: string;
  http: HttpServer;
  /** Simulated milliseconds since 1970: what is due in [from, to) fires. */
  from: number;
  to: number;
  /**
   * Milliseconds after its time at which each delivery of a job's event comes. A retry has the tick
   * of its run, and its attempt.
   */
  deliveries: SchedulerSetup['deliveries'];
  /**
   * A fault: whether EventBridge can not deliver an event. It goes to the schedule's dead-letter
   * queue once it is as old as the schedule lets it become. Default: it always can.
   */
  undeliverable?: SchedulerSetup['undeliverable'];
  /** A fault: when EventBridge is off; nothing fires then, and nothing comes later. Default: never. */
  eventBridgeOff?: readonly Span[];
  seed: number;
  /** What the command line is told. Default: nothing. */
  beacon?: Omit<Beacon, 'now'>;
  /** Told of every run; duplicates are only counted. */
  onRun(report: Report): void;
  /** Told of every message that is published to a topic. Default: nobody; see `alerts`. */
  onAlert?(alert: Alert): void;
}

/** The cloud on one machine: the schedules, functions, queues, topics, e-mails and the world around them. */
export class LocalCloud {
  readonly history = new History();
  readonly #setup: CloudSetup;
  readonly #open = new OpenWork();
  readonly #functions: Map<string, LocalFunction>;
  readonly #queues: Queues;
  readonly #invoker: AsyncInvoker;
  readonly #scheduler: Scheduler;
  readonly #sns: SnsApi;
  readonly #console: Console;
  readonly #worldClock: WorldClock | undefined;

  constructor(setup: CloudSetup) {
    const { resources, clock, client, http, from, to, seed } = setup;
    const open = this.#open;
    this.#setup = setup;
    this.#functions = functionsOf(setup);
    this.#queues = new Queues(resources.queues, clock, to);
    const reporter = new Reporter(resources, this.history, setup.onRun);
    const heard = reporter.heard.bind(reporter);
    const send = this.#queues.send.bind(this.#queues);
    this.#invoker = new AsyncInvoker({ clock, heard, send });
    for (const resource of resources.eventSources) {
      const queue = this.#queues.get(resource.queueArn);
      const fn = this.#function(resource.functionName);
      new EventSource({ resource, queue, fn, clock, open, heard });
    }
    this.#scheduler = new Scheduler({
      clock,
      open,
      schedules: [...resources.schedules, ...resources.operators],
      from,
      to,
      deliveries: setup.deliveries,
      undeliverable: setup.undeliverable ?? (() => false),
      off: setup.eventBridgeOff ?? [],
      seed,
      exists: (name) => this.#functions.has(name),
      deliver: (name, event) => this.#invoker.invoke(this.#function(name), event),
      giveUp: (letter) => {
        reporter.gaveUp(letter, clock.now());
        const { deadLetterArn } = letter.schedule;
        if (deadLetterArn) send(deadLetterArn, letter.body, letter.attributes);
      },
    });
    const application = resources.tables.find(({ logicalId }) => logicalId.includes('Application'));
    const world =
      application && createWorld({ client, table: application.name, baseUrl: http.url, seed });
    if (world) this.#worldClock = new WorldClock(world, clock);
    this.#sns = new SnsApi(resources.topics, (alert) => setup.onAlert?.(alert));
    const consoleName = functionName(resources.stackName, CONSOLE);
    this.#console = new Console(this.#functions.get(consoleName), open);
    const gateway = new Gateway({
      now: () => clock.now(),
      snsApi: this.#sns,
      schedulerApi: new SchedulerApi(this.#scheduler, resources, from),
      lambdaApi: new LambdaApi({ functions: this.#functions, invoker: this.#invoker, open }),
      world,
      console: this.#console,
      left: () => this.left(),
      beacon: setup.beacon,
    });
    http.answer = (request) => gateway.answer(request);
  }

  async start(): Promise<void> {
    await this.#worldClock?.start();
    this.#scheduler.start();
    this.#setup.clock.start();
  }

  /** Resolves once everything that came due has been dealt with. */
  settled(): Promise<void> {
    return this.#open.settled();
  }

  /**
   * Nothing new starts; what runs is let finish, and what follows from it at once. Then the clock
   * stands still.
   *
   * @returns the ticks that had come due and are not delivered any more
   */
  async finish(): Promise<Scheduler['withdrawn']> {
    this.#scheduler.stop();
    this.#invoker.stop();
    this.#queues.stop();
    this.#console.close();
    await Promise.all([this.#open.settled(), this.#worldClock?.stop()]);
    this.#setup.clock.stop();
    return this.#scheduler.withdrawn;
  }

  /** What was published to the stack's topics, oldest first. */
  get alerts(): readonly Alert[] {
    return this.#sns.alerts;
  }

  /** What there is still to do. */
  left(): Left {
    const { waiting, poison } = this.#queues.counts();
    return { schedules: this.#scheduler.pending, messages: waiting, poison };
  }

  /** Kills the process that serves an invocation, as a crash would. */
  kill(requestId: string): void {
    for (const fn of this.#functions.values()) fn.kill(requestId);
  }

  /** Ends every process. */
  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((fn) => fn.stop()));
  }

  #function(name: string): LocalFunction {
    const fn = this.#functions.get(name);
    if (!fn) throw new Error(`no function ${name}`);
    return fn;
  }
}

/** Each with a log of its own. */
function functionsOf({ resources, clock, endpoint, http, root }: CloudSetup) {
  const endpoints = { dynamodb: endpoint, services: http.url };
  return new Map(
    resources.functions.map((fn) => {
      const log = openLog(root, shortNameOf(fn.name, resources));
      return [fn.name, new LocalFunction(fn, clock, endpoints, log)];
    }),
  );
}
