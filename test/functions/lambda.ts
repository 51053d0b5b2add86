import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';
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

/**
 * Sets the environment of a function, with the real SDK pointed at `endpoint`; what is imported from
 * now on is imported anew, as in a cold start.
 */
export function setEnvironment(endpoint: string, settings: Record<string, string> = {}): void {
  const environment = {
    PUNCTUAL_LOCKS_TABLE: 'locks',
    PUNCTUAL_RUNS_TABLE: 'runs',
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

/** Starts an execution environment whose handler is made of `code`. */
export async function coldStart<P>(
  endpoint: string,
  code: (run: JobRun<P>) => Promise<unknown>,
): Promise<Lambda> {
  setEnvironment(endpoint, { PUNCTUAL_JOB: JOB, PUNCTUAL_MISFIRE_GRACE_SECONDS: '3600' });
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
