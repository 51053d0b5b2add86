import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Clock } from './clock.ts';
import { type Answer, Environment } from './environment.ts';
import { Pool } from './pool.ts';
import { ACCOUNT, REGION } from './resolve.ts';
import type { FunctionResource } from './resources.ts';
import { Turnstile } from './turnstile.ts';

/**
 * How many processes start at once: more only slow each other down, and on a small machine thirty
 * that are due together would all outlive Lambda's limit for the start.
 */
const starts = new Turnstile(availableParallelism());

/** Of this machine, whichever function they are of. */
const processes = new Pool();

/** Where the AWS SDK inside the functions finds the local services. */
export interface Endpoints {
  dynamodb: string;
  /** Of all the others: e-mail, schedules, functions, topics. */
  services: string;
}

/** A function: as many execution environments as it has had invocations at once. */
export class LocalFunction {
  readonly resource: FunctionResource;
  readonly #clock: Clock;
  readonly #endpoints: Endpoints;
  readonly #log: number;
  readonly #pool: Pool;
  readonly #environments = new Set<Environment>();
  /** By the request id they serve. */
  readonly #busy = new Map<string, Environment>();
  #idle: Environment[] = [];

  /**
   * @param log file descriptor of its log
   * @param pool what its processes live in. Default: the one of all functions of this machine
   */
  constructor(
    resource: FunctionResource,
    clock: Clock,
    endpoints: Endpoints,
    log: number,
    pool = processes,
  ) {
    this.resource = resource;
    this.#clock = clock;
    this.#endpoints = endpoints;
    this.#log = log;
    this.#pool = pool;
  }

  /** Runs it once. The clock passes at real speed until it has answered. */
  async invoke(event: unknown, requestId: string): Promise<Answer> {
    const release = this.#clock.hold();
    try {
      const environment = await this.#take();
      this.#busy.set(requestId, environment);
      const answer = await environment.invoke(event, requestId);
      this.#busy.delete(requestId);
      if (environment.alive) this.#rest(environment);
      else this.#environments.delete(environment);
      return answer;
    } finally {
      release();
    }
  }

  /** Kills the process that serves a request, if one does. */
  kill(requestId: string): void {
    void this.#busy.get(requestId)?.stop();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#environments].map((environment) => environment.stop()));
  }

  /** The environment used last, as Lambda does, so that few are needed; or a new one. */
  async #take(): Promise<Environment> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      this.#pool.wake(idle);
      if (idle.alive) return idle;
      this.#environments.delete(idle);
    }
    const leave = await starts.enter();
    const environment = new Environment({
      fn: this.resource,
      clock: this.#clock,
      variables: this.#variables(),
      log: this.#log,
    });
    void environment.started.then(leave);
    this.#environments.add(environment);
    this.#pool.add(environment);
    return environment;
  }

  #rest(environment: Environment): void {
    this.#idle.push(environment);
    this.#pool.rest(environment);
  }

  /** What the template says and what Lambda sets; nothing of this machine's own environment. */
  #variables(): Record<string, string> {
    const { name, environment, handler, logGroup, memoryMb, code } = this.resource;
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...environment,
      AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      // Goes with every request, and says who asks.
      AWS_SESSION_TOKEN: name,
      AWS_ACCOUNT_ID: ACCOUNT,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: streamName(this.resource, this.#clock.now()),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: code,
      _HANDLER: handler,
      AWS_ENDPOINT_URL_DYNAMODB: this.#endpoints.dynamodb,
      AWS_ENDPOINT_URL_SESV2: this.#endpoints.services,
      AWS_ENDPOINT_URL_SCHEDULER: this.#endpoints.services,
      AWS_ENDPOINT_URL_LAMBDA: this.#endpoints.services,
      AWS_ENDPOINT_URL_SNS: this.#endpoints.services,
    };
  }
}

/** Lambda's name of a log stream: in a group that several functions may share, with the function's name. */
function streamName({ name, logGroup }: FunctionResource, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  const owner = logGroup === `/aws/lambda/${name}` ? '' : name;
  return `${day}/${owner}[$LATEST]${randomUUID().replaceAll('-', '')}`;
}
