import type { Report } from './report.ts';

/** What the ledger does not tell: how many deliveries of each job were duplicates. */
export class History {
  readonly duplicates = new Map<string, number>();

  add({ job, status }: Report): void {
    if (status === 'duplicate') this.duplicates.set(job, (this.duplicates.get(job) ?? 0) + 1);
  }
}
