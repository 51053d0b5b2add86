import type { Report } from './report.ts';

const KEPT_PER_JOB = 20;

/** The last runs of each job, newest first, and how many deliveries were duplicates. */
export class History {
  readonly duplicates = new Map<string, number>();
  readonly #runs = new Map<string, Report[]>();

  add(report: Report): void {
    if (report.status === 'duplicate') {
      this.duplicates.set(report.job, (this.duplicates.get(report.job) ?? 0) + 1);
      return;
    }
    this.#runs.set(report.job, [report, ...this.lastOf(report.job)].slice(0, KEPT_PER_JOB));
  }

  lastOf(job: string): Report[] {
    return this.#runs.get(job) ?? [];
  }
}
