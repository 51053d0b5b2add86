import { createHash } from 'node:crypto';
import type { Deployed, RunLimits } from './limits.ts';

/**
 * A schedule that was made at run time: its runs are those of a job of its own, `<job>@<name>`, which the
 * function of the job runs. Rows, lock and ticks are its own, so that it keeps nobody from running.
 */
export interface Made {
  /** `<job>@<name>` */
  name: string;
  /** EventBridge expressions; its ticks are their union. */
  expressions: readonly string[];
  timeZone: string;
  payload?: unknown;
  /** Who made it, and when: ISO 8601. */
  by: string;
  since: string;
}

/** What is in the name of a job that another's function, or a pool's, runs, and in no other. */
const SIGN = '@';
/** What may stand after it. */
export const MADE_NAME = /^[\w-]{1,40}$/;
const LONGEST_SCHEDULE_NAME = 64;

export function madeName(job: string, name: string): string {
  return job + SIGN + name;
}

/** Whether it was made at run time, or is one of a pool's. */
export function isMade(job: string): boolean {
  return job.includes(SIGN);
}

/** The job, or the pool, whose function runs it; of a job with a function of its own that is itself. */
export function baseOf(job: string): string {
  const [base = job] = job.split(SIGN);
  return base;
}

/** Which of a function's jobs a role means besides those it names: `<job>@*`. */
export function madeOf(job: string): string {
  return `${job}${SIGN}*`;
}

/** The limits of a job that a function was deployed with, or of another job that this function runs. */
export function limitsFor(job: string, limits: RunLimits): RunLimits {
  return baseOf(limits.lock) === baseOf(job) ? { ...limits, lock: job } : limits;
}

/**
 * The jobs of the list, and the schedules that were made for them. Those of a job that has left run nowhere;
 * one that the list has by now is the list's.
 */
export function withMade(jobs: readonly Deployed[], made: readonly Made[]): Deployed[] {
  const listed = new Set(jobs.map(({ name }) => name));
  // Of a pool whichever comes last: all have the limits that its function has.
  const bases = new Map(jobs.map((job) => [baseOf(job.name), job]));
  const added = made.flatMap(({ name, expressions, timeZone, payload, since }): Deployed[] => {
    const base = bases.get(baseOf(name));
    if (!base || listed.has(name)) return [];
    const limits = limitsFor(name, base.limits);
    return [
      {
        ...base,
        name,
        description: isMade(base.name) ? name : base.description,
        expressions: [...expressions],
        timeZone,
        interval: undefined,
        payload,
        enabled: true,
        limits,
        since,
      },
    ];
  });
  return [...jobs, ...added];
}

/** The name of its n-th EventBridge schedule. It follows from the job's, and meets none of the stack's. */
export function madeScheduleName(name: string, index: number): string {
  const hash = createHash('sha256').update(`${name} ${index}`).digest('hex').slice(0, 12);
  const text = `made_${name.replace(SIGN, '_')}`.slice(0, LONGEST_SCHEDULE_NAME - hash.length - 1);
  return `${text}_${hash}`;
}
