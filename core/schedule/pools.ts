import { toDuration } from './duration.ts';
import { ScheduleError } from './error.ts';
import type { Job } from './resolve.ts';
import { shown } from './values.ts';

/** What the function of a pool has once. */
const SHARED = [
  'handler',
  'access',
  'timeout',
  'memory',
  'retryDelays',
  'misfireGrace',
  'catchUp',
  'overlap',
  'concurrency',
  'pauseAfter',
] as const satisfies readonly (keyof Job)[];

/** As the settings have it, where that is another word. */
const SETTING: Partial<Record<keyof Job, string>> = { retryDelays: 'retry' };
/** In milliseconds. */
const DURATIONS: readonly (keyof Job)[] = ['timeout', 'misfireGrace', 'retryDelays'];

/**
 * The jobs of one pool are run by one function, so they have in common what it has once.
 *
 * @throws ScheduleError for the first that differs from the first of its pool
 */
export function checkPools(jobs: readonly Job[]): void {
  const firsts = new Map<string, Job>();
  const alone = new Set(jobs.flatMap(({ name, pool }) => (pool === undefined ? [name] : [])));
  for (const job of jobs) {
    const { name, pool } = job;
    if (pool === undefined) continue;
    if (alone.has(pool)) {
      const mend = `the list has a job '${pool}' with a function of its own; rename either`;
      throw new ScheduleError(name, 'pool', mend);
    }
    const first = firsts.get(pool);
    if (first) checkEqual(job, first);
    else firsts.set(pool, job);
  }
}

function checkEqual(job: Job, first: Job): void {
  const field = SHARED.find((field) => textOf(job, field) !== textOf(first, field));
  if (!field) return;
  const [own, others] = [inWords(field, job), inWords(field, first)];
  const isGrace = field === 'misfireGrace';
  const says = isGrace ? ', its jitter included,' : '';
  const mend = isGrace
    ? 'say a misfireGrace that is the same with the jitter'
    : 'say the same in both';
  throw new ScheduleError(
    job.name,
    SETTING[field] ?? field,
    `is ${own}${says} and that of '${first.name}' ${others}, but the function of the pool '${job.pool}' has it once; ${mend}`,
  );
}

/** The order of what a job may reach says nothing. */
function textOf(job: Job, field: (typeof SHARED)[number]): string {
  return JSON.stringify(field === 'access' ? job.access.toSorted() : job[field]);
}

function inWords(field: keyof Job, job: Job): string {
  const value = job[field];
  if (!DURATIONS.includes(field)) return shown(value);
  const texts = [value as number | readonly number[]].flat().map((ms) => `'${toDuration(ms)}'`);
  return Array.isArray(value) ? `[${texts.join(', ')}]` : texts.join();
}
