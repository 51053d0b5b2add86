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
 * Starts an execution environment: the modules are imported anew, as in a cold start, and a handler
 * is made of `code` with the real SDK, pointed at `endpoint`.
 */
export async function coldStart<P>(
  endpoint: string,
  code: (run: JobRun<P>) => Promise<unknown>,
): Promise<Lambda> {
  const environment = {
    PUNCTUAL_JOB: JOB,
    PUNCTUAL_LOCKS_TABLE: 'locks',
    PUNCTUAL_RUNS_TABLE: 'runs',
    PUNCTUAL_MISFIRE_GRACE_SECONDS: '3600',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    POWERTOOLS_DEV: 'false',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  vi.resetModules();
  const { job } = await import('../../functions/job.ts');
  const handler = job<P>(code);

  const lambda: Lambda = {
    remaining: 60_000,
    invoke(event) {
      const deadline = Date.now() + lambda.remaining;
      return handler(event, {
        awsRequestId: crypto.randomUUID(),
        functionName: JOB,
        functionVersion: '$LATEST',
        invokedFunctionArn: `arn:aws:lambda:eu-central-1:000000000000:function:${JOB}`,
        memoryLimitInMB: '256',
        logGroupName: `/punctual/${JOB}`,
        logStreamName: '2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef',
        callbackWaitsForEmptyEventLoop: true,
        getRemainingTimeInMillis: () => deadline - Date.now(),
      } as Context);
    },
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
