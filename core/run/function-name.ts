import { createHash } from 'node:crypto';
import { baseOf } from './made.ts';

/** Lambda's limit, and EventBridge's for the name of a schedule. */
export const LONGEST = 64;

/**
 * The name of a job's function. Fixed, so that whoever knows a job can deliver to it: a
 * retry, a waiting tick, a person's command. Lambda takes no dots, which a job's name may have. What was made
 * at run time is run by the function of the job it was made for, a job of a pool by the pool's.
 *
 * @param functions what the names of all jobs' functions begin with; every function is told, `PUNCTUAL_FUNCTIONS`
 */
export function functionName(functions: string, job: string): string {
  return shortened(`${functions}-${baseOf(job)}`.replaceAll('.', '-'));
}

/** A name that would grow too long is cut, with a hash that keeps it from meeting another's. */
export function shortened(name: string): string {
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST - 9)}-${hash}`;
}
