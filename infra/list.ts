import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ScheduleError } from '../core/schedule/error.ts';
import { checkGroups } from '../core/schedule/groups.ts';
import { checkPools } from '../core/schedule/pools.ts';
import { type Job, resolveJob } from '../core/schedule/resolve.ts';
import { checkDurations, type Durations, runLoad } from '../core/schedule/run-load.ts';
import type { Groups, Schedules } from '../core/schedule/settings.ts';
import { stagger } from '../core/schedule/stagger.ts';
import { BadContext } from './context.ts';
import { checkNames } from './names.ts';
import { layoutOf } from './size.ts';

/** A job of the list and the file with its code. */
export interface ListedJob extends Job {
  entry: string;
  /** What a run weighs in the minute of its start, the next, and so on, where jobs are kept apart. */
  load: readonly number[];
}

/** What a list exports. */
interface ListModule {
  schedules?: Schedules;
  groups?: Groups;
  /** Where they are given, `offset: 'auto'` packs by load instead of starts. */
  durations?: Durations;
}

const OWN_LIST = resolve(import.meta.dirname, 'schedules.ts');
const OWN_JOBS = resolve(import.meta.dirname, '../functions/jobs');

/** The absolute path of a list of jobs: the project's own, or the one given. */
function listFile(path: string = OWN_LIST): string {
  return resolve(path);
}

/**
 * Reads a list of jobs, with the groups they share, and checks every entry.
 *
 * @param path another list than `infra/schedules.ts`; its jobs are in the folder `jobs` beside it
 * @throws ScheduleError, GroupError for the first entry that could not be deployed
 */
export async function readList(path?: string): Promise<ListedJob[]> {
  const file = listFile(path);
  if (!existsSync(file)) throw new BadContext(`there is no list of jobs at ${path}`);
  const { schedules, groups, durations }: ListModule = await import(pathToFileURL(file).href);
  if (!schedules) throw new BadContext(`${path} exports no 'schedules'; see infra/schedules.ts`);
  const jobsFolder = file === OWN_LIST ? OWN_JOBS : join(file, '../jobs');
  return resolveList(schedules, jobsFolder, groups, durations);
}

/** @throws ScheduleError, GroupError for the first entry that could not be deployed */
export function resolveList(
  schedules: Schedules,
  jobsFolder: string,
  groups: Groups = {},
  durations?: Durations,
): ListedJob[] {
  checkGroups(groups);
  if (durations) checkDurations(durations);
  const listed = Object.entries(schedules).map(([name, settings]) => {
    const job = resolveJob(name, settings, groups);
    const entry = join(jobsFolder, `${job.handler}.ts`);
    if (!existsSync(entry)) {
      throw new ScheduleError(
        name,
        'handler',
        `there is no file ${relative('.', entry)}; write it, or take the entry out`,
      );
    }
    return { ...job, entry, load: runLoad(job, durations) };
  });
  const jobs = stagger(listed);
  checkPools(jobs);
  checkNames(jobs);
  // Refuses what nothing holds.
  layoutOf(jobs);
  return jobs;
}
