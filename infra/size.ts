import type { Job } from '../core/schedule/resolve.ts';
import { BadContext } from './context.ts';

/** CloudFormation's limit. */
const MOST_RESOURCES = 500;
/** What the stack has besides its jobs, with all that may be asked for, CDK's own metadata included. */
const OTHER_RESOURCES = 50;
/** What a job has besides its schedules. */
const RESOURCES_A_JOB = 4;

/** How many resources the stack of a list has at most. */
export function resourcesFor(jobs: readonly Pick<Job, 'expressions'>[]): number {
  return jobs.reduce(
    (sum, { expressions }) => sum + RESOURCES_A_JOB + expressions.length,
    OTHER_RESOURCES,
  );
}

/**
 * One stack holds about ninety jobs. Said here, because CDK would say it with a stack trace.
 *
 * @throws BadContext
 */
export function checkSize(jobs: readonly Job[]): void {
  const resources = resourcesFor(jobs);
  if (resources <= MOST_RESOURCES) return;
  throw new BadContext(
    `the list has ${jobs.length} jobs, about ${resources} resources, and a CloudFormation stack holds ${MOST_RESOURCES}; take some out, or deploy them as another list`,
  );
}
