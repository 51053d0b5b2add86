/** A setting that can not be deployed. One line: the job, the field, what is wrong, what would be right. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
  readonly job: string;
  readonly field: string;

  constructor(job: string, field: string, problem: string) {
    super(`job '${job}': ${field}: ${problem}`);
    this.job = job;
    this.field = field;
  }
}
