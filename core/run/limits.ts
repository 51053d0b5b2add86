import type { Job } from '../schedule/resolve.ts';

/** The settings of a job that its runs obey. Plain data: the stack hands it to the function as JSON. */
export interface RunLimits {
  /** The lock the job takes: its own name, or that of its group. */
  lock: string;
  /** How many may hold the lock at once: the job's concurrency, or the limit of its group. */
  room: number;
  /** How many runs of the job itself may live at once. */
  concurrency: number;
  overlap: Job['overlap'];
  /** Whoever waits for a group's lock goes by it, the highest first. */
  priority: number;
  /** Milliseconds a delivery of a schedule may come after its tick. */
  misfireGrace: number;
  catchUp: Job['catchUp'];
  /** Milliseconds to wait after the first failed attempt, after the second, and so on. */
  retryDelays: readonly number[];
  /** After so many runs failed in a row the job pauses itself; 0 is never. */
  pauseAfter: number;
}

const KNOWN = [
  'name',
  'description',
  'expressions',
  'timeZone',
  'misfireGrace',
  'enabled',
  'payload',
  'timeout',
  'memory',
  'warnAfter',
] as const;

/** What the functions that watch over the jobs know of one, as it was deployed. */
export interface Deployed extends Pick<Job, (typeof KNOWN)[number]> {
  limits: RunLimits;
  /** Milliseconds between its ticks, where they are the same all day and its offset could be another. */
  interval?: number;
  /** When it was made, ISO 8601, where that was at run time. */
  since?: string;
}

/** A job's name has no colon, so that no group's lock is taken for a job's. */
function lockOf({ name, group }: Pick<Job, 'name' | 'group'>): string {
  return group ? `group:${group.name}` : name;
}

export function limitsOf(job: Job): RunLimits {
  const { concurrency, group, overlap, priority, misfireGrace, catchUp, retryDelays, pauseAfter } =
    job;
  return {
    lock: lockOf(job),
    room: group ? group.limit : concurrency,
    concurrency,
    overlap,
    priority,
    misfireGrace,
    catchUp,
    retryDelays,
    pauseAfter,
  };
}

export function deployedOf(job: Job): Deployed {
  const known = Object.fromEntries(KNOWN.map((name) => [name, job[name]]));
  const { interval } = job;
  return {
    ...(known as Omit<Deployed, 'limits'>),
    ...(interval !== undefined && { interval }),
    limits: limitsOf(job),
  };
}

/** What the rows of a job that left the list are closed by: it is never tried again. */
export function leftTheList(job: string): RunLimits {
  return {
    lock: job,
    room: 1,
    concurrency: 1,
    overlap: 'skip',
    priority: 0,
    misfireGrace: 0,
    catchUp: 'none',
    retryDelays: [],
    pauseAfter: 0,
  };
}
