import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';
import { leftTheList, type RunLimits } from '../../core/run/limits.ts';
import type { Outcome } from '../../core/run/states.ts';
import type { JobRun } from '../../functions/job.ts';

export type Line = Record<string, unknown>;

/** One execution environment of a job's function, as Lambda would have it. */
export interface Lambda {
  /** One invocation with this event. */
  invoke(event: unknown): Promise<Outcome>;
  /** Milliseconds until Lambda's deadline, when an invocation starts. */
  remaining: number;
}

/** The job of these tests. */
export const JOB = 'send-reminders';

/** What the stack tells every function of its own. */
export const STACK = {
  PUNCTUAL_LOCKS_TABLE: 'locks',
  PUNCTUAL_RUNS_TABLE: 'runs',
  PUNCTUAL_GROUP: 'punctual-dev',
  PUNCTUAL_FUNCTIONS: 'punctual-dev',
  PUNCTUAL_FIRING_ROLE: 'arn:aws:iam::000000000000:role/punctual-dev-firing',
  PUNCTUAL_DEAD_LETTERS: 'arn:aws:sqs:eu-central-1:000000000000:punctual-dev-failures',
};

/** What it tells the sweeper and the finalizer besides. */
export const OPERATOR = {
  PUNCTUAL_ALERTS_TOPIC: 'arn:aws:sns:eu-central-1:000000000000:punctual-dev-alerts',
  PUNCTUAL_MOST_TRIES: '20',
};

/**
 * Sets the environment of a function, with the real SDK pointed at `endpoint`; what is imported from
 * now on is imported anew, as in a cold start.
 */
export function setEnvironment(endpoint: string, settings: Record<string, string> = {}): void {
  const environment = {
    ...STACK,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    POWERTOOLS_DEV: 'false',
    ...settings,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  vi.resetModules();
}

/** Points the SDK's clients of EventBridge Scheduler, Lambda and SNS there. */
export function endpointsOf(aws: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SCHEDULER: aws,
    AWS_ENDPOINT_URL_LAMBDA: aws,
    AWS_ENDPOINT_URL_SNS: aws,
  };
}

/** What Lambda passes beside the event. */
export function contextOf(functionName: string, remaining: number): Context {
  const deadline = Date.now() + remaining;
  return {
    awsRequestId: crypto.randomUUID(),
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '256',
    logGroupName: `/punctual/${functionName}`,
    logStreamName: '2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  } as Context;
}

/** What a test of handlers asks for that is not about EventBridge: no attempt follows a failed one. */
const LIMITS: RunLimits = { ...leftTheList(JOB), misfireGrace: 3_600_000 };

/**
 * Starts an execution environment whose handler is made of `code`.
 *
 * @param aws the address of EventBridge and Lambda, where anything is dispatched
 */
export async function coldStart<P>(
  endpoint: string,
  code: (run: JobRun<P>) => Promise<unknown>,
  { limits = {}, aws }: { limits?: Partial<RunLimits>; aws?: string } = {},
): Promise<Lambda> {
  setEnvironment(endpoint, {
    PUNCTUAL_JOB: JOB,
    PUNCTUAL_LIMITS: JSON.stringify({ ...LIMITS, ...limits }),
    ...(aws && endpointsOf(aws)),
  });
  const { job } = await import('../../functions/job.ts');
  const handler = job<P>(code);
  const lambda: Lambda = {
    remaining: 60_000,
    invoke: (event) => handler(event, contextOf(JOB, lambda.remaining)),
  };
  return lambda;
}

/** What the functions of one test print, until it is finished. */
export class Printed {
  /** As printed. */
  readonly text: string[] = [];

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        this.text.push(...String(chunk).split('\n').filter(Boolean));
        return true;
      });
      onTestFinished(() => spy.mockRestore());
    }
  }

  /** The log. Throws where a line is not JSON. */
  get lines(): Line[] {
    return this.#parsed.filter((line) => !('_aws' in line));
  }

  /** The documents in the embedded metric format. */
  get metrics(): Line[] {
    return this.#parsed.filter((line) => '_aws' in line);
  }

  /** The lines of the log that say this. */
  saying(message: string): Line[] {
    return this.lines.filter((line) => line.message === message);
  }

  get #parsed(): Line[] {
    return this.text.map((line) => JSON.parse(line));
  }
}
