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

/** A group that can not be deployed. One line: the group, the field, what is wrong, what would be right. */
export class GroupError extends Error {
  override readonly name = 'GroupError';
  readonly group: string;
  readonly field: string;

  constructor(group: string, field: string, problem: string) {
    super(`group '${group}': ${field}: ${problem}`);
    this.group = group;
    this.field = field;
  }
}
