import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ScheduleError } from '../core/schedule/error.ts';
import { type Job, resolveJob } from '../core/schedule/resolve.ts';
import type { Schedules } from '../core/schedule/settings.ts';
import { SWEEPER, scheduleName } from './names.ts';

/** A job of the list and the file with its code. */
export interface ListedJob extends Job {
  entry: string;
}

/** A value of `-c key=value` that can not be used. */
export class BadContext extends Error {}

const OWN_LIST = resolve(import.meta.dirname, 'schedules.ts');
const OWN_JOBS = resolve(import.meta.dirname, '../functions/jobs');

/** The absolute path of a list of jobs: the project's own, or the one given. */
function listFile(path: string = OWN_LIST): string {
  return resolve(path);
}

/**
 * Reads a list of jobs and checks every entry.
 *
 * @param path another list than `infra/schedules.ts`; its jobs are in the folder `jobs` beside it
 * @throws ScheduleError for the first entry that could not be deployed
 */
export async function readList(path?: string): Promise<ListedJob[]> {
  const file = listFile(path);
  if (!existsSync(file)) throw new BadContext(`there is no list of jobs at ${path}`);
  const { schedules } = (await import(pathToFileURL(file).href)) as { schedules?: Schedules };
  if (!schedules) throw new BadContext(`${path} exports no 'schedules'; see infra/schedules.ts`);
  const jobsFolder = file === OWN_LIST ? OWN_JOBS : join(file, '../jobs');
  return resolveList(schedules, jobsFolder);
}

/** @throws ScheduleError for the first entry that could not be deployed */
export function resolveList(schedules: Schedules, jobsFolder: string): ListedJob[] {
  const jobs = Object.entries(schedules).map(([name, settings]) => {
    const job = resolveJob(name, settings);
    const entry = join(jobsFolder, `${job.handler}.ts`);
    if (!existsSync(entry)) {
      throw new ScheduleError(
        name,
        'handler',
        `there is no file ${relative('.', entry)}; write it, or take the entry out`,
      );
    }
    return { ...job, entry };
  });
  checkNames(jobs);
  checkSize(jobs);
  return jobs;
}

/** CloudFormation's limit, what the stack has besides its jobs, and what a job has besides its schedules. */
const MOST_RESOURCES = 500;
const OTHER_RESOURCES = 20;
const RESOURCES_A_JOB = 7;

/** One stack holds about sixty jobs. Said here, because CDK would say it with a stack trace. */
function checkSize(jobs: readonly Job[]): void {
  const resources = jobs.reduce(
    (sum, { expressions }) => sum + RESOURCES_A_JOB + expressions.length,
    OTHER_RESOURCES,
  );
  if (resources <= MOST_RESOURCES) return;
  throw new BadContext(
    `the list has ${jobs.length} jobs, about ${resources} resources, and a CloudFormation stack holds ${MOST_RESOURCES}; take some out, or deploy them as another list`,
  );
}

/** EventBridge's names are unique in a group, and a job may own several. */
function checkNames(jobs: readonly Job[]): void {
  const owners = new Map<string, string>();
  for (const { name, expressions } of jobs) {
    for (const index of expressions.keys()) {
      const schedule = scheduleName(name, index);
      if (schedule === SWEEPER) {
        throw new ScheduleError(
          name,
          'name',
          `its schedule '${schedule}' has the name of the sweeper's; rename the job`,
        );
      }
      const owner = owners.get(schedule);
      if (owner) {
        throw new ScheduleError(
          name,
          'name',
          `its schedule '${schedule}' has the name of one of job '${owner}'; rename either`,
        );
      }
      owners.set(schedule, name);
    }
  }
}
