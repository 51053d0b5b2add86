import type { Health } from '../../core/operations/health.ts';
import type { JobView } from '../../core/operations/overview.ts';
import type { Place } from './frame.ts';

/** More would be a page that nobody reads, and near what CloudWatch takes. */
export const JOBS_A_PAGE = 50;

/** The jobs that a page shows. */
export interface Selection {
  jobs: JobView[];
  /** How many come before them. */
  from: number;
  /** How many jobs have the name that was asked for, on all pages. */
  matching: number;
  /** How many jobs there are. */
  all: number;
  /** Where that is. */
  place: Place;
}

/** @param health of these jobs */
export function selectJobs(jobs: readonly JobView[], health: Health, place: Place): Selection {
  const { find = '', from: asked = 0, worstFirst = false } = place;
  const part = find.toLowerCase();
  const found = jobs.filter(({ job }) => job.name.toLowerCase().includes(part));
  const sorted = worstFirst ? byTrouble(found, health) : found;
  const last = Math.max(0, Math.ceil(found.length / JOBS_A_PAGE) - 1) * JOBS_A_PAGE;
  const from = Math.min(Math.floor(asked / JOBS_A_PAGE) * JOBS_A_PAGE, last);
  return {
    jobs: sorted.slice(from, from + JOBS_A_PAGE),
    from,
    matching: found.length,
    all: jobs.length,
    // As it is shown: what a button brings back would else be what somebody typed.
    place: { ...place, from: from || undefined },
  };
}

function byTrouble(jobs: readonly JobView[], health: Health): JobView[] {
  const statuses = new Map(health.jobs.map(({ job, status }) => [job, status]));
  const of = Map.groupBy(jobs, ({ job }) => statuses.get(job.name) ?? 'healthy');
  return (['failing', 'degraded', 'healthy'] as const).flatMap((status) => of.get(status) ?? []);
}
