import { functionName, shortened } from '../core/run/function-name.ts';
import { ScheduleError } from '../core/schedule/error.ts';
import type { Job } from '../core/schedule/resolve.ts';

/** The functions that watch over the jobs; the sweeper's schedule is called the same. */
export const SWEEPER = 'punctual-sweeper';
export const FINALIZER = 'punctual-finalizer';
/** Those that people ask. */
export const CONSOLE = 'punctual-console';
export const HEALTH = 'punctual-health';

const RESERVED = [SWEEPER, FINALIZER, CONSOLE, HEALTH];

/** The name of a job's schedule: the job's own for the first, numbered for the others. */
export function scheduleName(job: string, index: number): string {
  return index === 0 ? job : shortened(`${job}.${index + 1}`);
}

/**
 * No two jobs may have a schedule, or a function, of one name, and none that of an operator.
 *
 * @throws ScheduleError
 */
export function checkNames(jobs: readonly Pick<Job, 'name' | 'expressions'>[]): void {
  const schedules = new Map<string, string>();
  const functions = new Map(RESERVED.map((name) => [inAnyStack(name), name]));
  for (const { name, expressions } of jobs) {
    const namesake = functions.get(inAnyStack(name));
    if (namesake && RESERVED.includes(namesake)) {
      const mend = `its function has the name of Punctual's own '${namesake}'; rename the job`;
      throw new ScheduleError(name, 'name', mend);
    }
    if (namesake) {
      const mend = `its function has the name of job '${namesake}'s, because Lambda takes no dots; rename either`;
      throw new ScheduleError(name, 'name', mend);
    }
    functions.set(inAnyStack(name), name);
    for (const index of expressions.keys()) {
      const schedule = scheduleName(name, index);
      const owner = schedules.get(schedule);
      if (owner) {
        const mend = `its schedule '${schedule}' has the name of one of job '${owner}'; rename either`;
        throw new ScheduleError(name, 'name', mend);
      }
      schedules.set(schedule, name);
    }
  }
}

/** Whichever stack it is: two jobs whose functions would meet in one would in any. */
function inAnyStack(job: string): string {
  return functionName('stack', job);
}
