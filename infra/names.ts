import { createHash } from 'node:crypto';

/** The name of the sweeper's schedule, which no schedule of a job may have. */
export const SWEEPER = 'punctual-sweeper';

/** EventBridge's limit for the name of a schedule. */
const LONGEST = 64;

/**
 * The name of a job's schedule: the job's own for the first, numbered for the others. A name that
 * would grow too long is cut, with a hash that keeps it from meeting another's.
 */
export function scheduleName(job: string, index: number): string {
  if (index === 0) return job;
  const name = `${job}.${index + 1}`;
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${job.slice(0, LONGEST - 9)}.${hash}`;
}
