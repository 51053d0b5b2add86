import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { leftTheList } from '../../../core/run/limits.ts';
import type { Outcome } from '../../../core/run/states.ts';
import { contextOf } from '../lambda.ts';

type Handler = (event: never, context: Context) => Promise<Outcome>;

/**
 * Delivers the tick `at` to a job's handler as Lambda would, with `at` as the present time. The
 * environment must be there: a handler reads it when it is imported.
 */
export async function run(job: string, at: Date, payload: unknown = undefined): Promise<Outcome> {
  process.env.PUNCTUAL_JOB = job;
  process.env.PUNCTUAL_LIMITS = JSON.stringify({ ...leftTheList(job), misfireGrace: 60_000 });
  const { handler } = await import(`../../../functions/jobs/${job}.ts`);
  vi.setSystemTime(at);
  const event = {
    job,
    scheduledTime: at.toISOString(),
    trigger: 'schedule',
    attempt: 1,
    payload,
    executionId: crypto.randomUUID(),
    scheduleArn: `arn:aws:scheduler:eu-central-1:000000000000:schedule/punctual/${job}`,
  };
  return await (handler as Handler)(event as never, contextOf(job, 60_000));
}

/** A log that says nothing. */
export const silent = { info() {}, warn() {}, error() {} };

/** What a generator gives, as a list. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
