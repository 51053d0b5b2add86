import type { SQSRecord } from 'aws-lambda';
import type { Note } from '../../core/operations/note.ts';
import { functionName } from '../../core/run/function-name.ts';
import { exactTickOf, type Tick } from '../../core/run/tick.ts';

/** What tells which job a message is about, where its event does not. */
export interface Surroundings {
  /** What the names of the jobs' functions begin with. */
  functions: string;
  /** What the functions are of: jobs and pools, by name. */
  jobs: readonly string[];
  /** Milliseconds since 1970. */
  now: number;
}

/** What a job may be called; anything else, and anything that could be another key, is no job. */
const NAME = /^[\w.-]{1,64}(@[\w-]{1,40})?$/;

/** What is written down of a message that nobody could deal with: the sweeper tells people of it. */
export function noteOfDeadLetter(
  { messageId, body }: SQSRecord,
  error: Error,
  surroundings: Surroundings,
): Note {
  const { job = 'unknown', tick } = aboutOf(body, surroundings);
  return {
    id: messageId,
    at: new Date(surroundings.now).toISOString(),
    what: 'dead_letter',
    job,
    ...(tick !== undefined && { tick }),
    by: 'finalizer',
    via: 'finalizer',
    why: `${error.name}: ${error.message}`,
    outcome: `message ${messageId} is left in the dead letters`,
  };
}

/** Which job and tick it is about, as far as that can be read. */
function aboutOf(body: string, { functions, jobs }: Surroundings): { job?: string; tick?: Tick } {
  try {
    const content = JSON.parse(body);
    const { job, scheduledTime } = content?.requestPayload ?? content ?? {};
    const called = String(content?.requestContext?.functionArn).split(':')[6];
    return {
      // Which of a pool's it is, its function's name does not say.
      job: isName(job) ? job : jobs.find((name) => functionName(functions, name) === called),
      tick: tickIn(scheduledTime),
    };
  } catch {
    return {};
  }
}

function isName(job: unknown): job is string {
  return typeof job === 'string' && NAME.test(job);
}

function tickIn(time: unknown): Tick | undefined {
  try {
    return typeof time === 'string' ? exactTickOf(time) : undefined;
  } catch {
    return undefined;
  }
}
