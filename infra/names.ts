import { functionName, shortened } from '../core/run/function-name.ts';
import { baseOf } from '../core/run/made.ts';
import { ScheduleError } from '../core/schedule/error.ts';
import type { Job } from '../core/schedule/resolve.ts';

/** The functions that watch over the jobs; the sweeper's schedule is called the same. */
export const SWEEPER = 'punctual-sweeper';
export const FINALIZER = 'punctual-finalizer';
/** Those that people ask. */
export const CONSOLE = 'punctual-console';
export const HEALTH = 'punctual-health';

const RESERVED = [SWEEPER, FINALIZER, CONSOLE, HEALTH];

/** How the names in a fleet begin: a job called so would meet the one that moves there. */
const FLEETS_NAME = /^fleet\d+[-_.]/;

/**
 * What the names of the jobs' functions begin with. In a fleet they are others than in one stack: where a list
 * grows over the limit, CloudFormation makes the new ones before it deletes the old ones, and
 * the names are unique. For a moment there are both; a tick that comes twice runs once.
 *
 * @param shards see `layoutOf`
 */
export function functionsOf(stack: string, shards: number): string {
  return shards === 1 ? stack : `${stack}-${fleetOf(shards)}`;
}

/**
 * The name of a job's schedule: the job's own for the first, numbered for the others. EventBridge takes no '@'.
 *
 * @param shards see `layoutOf`; in a fleet the names are others, as those of the functions are
 */
export function scheduleName(job: string, index: number, shards = 1): string {
  const own = index === 0 ? job : `${job}.${index + 1}`;
  const name = shards === 1 ? own : `${fleetOf(shards)}_${own}`;
  return shortened(name.replace('@', '_'));
}

function fleetOf(shards: number): string {
  return `fleet${shards}`;
}

/**
 * No two jobs may have a schedule of one name, nor a function where they share none, and none that of an operator.
 *
 * @throws ScheduleError
 */
export function checkNames(jobs: readonly Pick<Job, 'name' | 'expressions'>[]): void {
  const schedules = new Map<string, string>();
  const functions = new Map(RESERVED.map((name) => [inAnyStack(name), name]));
  for (const { name, expressions } of jobs) {
    const base = baseOf(name);
    if (FLEETS_NAME.test(name)) {
      const mend = 'what begins with fleet and a number is a name of a fleet; rename the job';
      throw new ScheduleError(name, 'name', mend);
    }
    const namesake = functions.get(inAnyStack(base));
    if (namesake && RESERVED.includes(namesake)) {
      const mend = `its function has the name of Punctual's own '${namesake}'; rename the job`;
      throw new ScheduleError(name, 'name', mend);
    }
    if (namesake && baseOf(namesake) !== base) {
      const mend = `its function has the name of job '${namesake}'s, because Lambda takes no dots; rename either`;
      throw new ScheduleError(name, 'name', mend);
    }
    functions.set(inAnyStack(base), name);
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
