import { resolve } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type IScheduleGroup,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct, type IDependable } from 'constructs';
import type { Expected } from '../../core/run/expected.ts';
import type { Job } from '../../core/schedule/resolve.ts';
import { SWEEPER } from '../names.ts';
import { createFunction } from './function.ts';
import type { Ledger } from './ledger.ts';

/** The sweeper's code. Its bundle carries the list of jobs, as `PUNCTUAL_JOBS`. */
export const SWEEPER_ENTRY = resolve(import.meta.dirname, '../../functions/operator/sweeper.ts');

/** What the sweeper has to know of a job: what was deployed is what is expected. */
export function expectedOf({ name, expressions, timeZone, misfireGrace, enabled }: Job): Expected {
  return { name, expressions, timeZone, misfireGrace, enabled };
}

export interface OperatorProps {
  code: Code;
  /** The schedules of the list's jobs. */
  schedules: readonly IDependable[];
  ledger: Ledger;
  group: IScheduleGroup;
  logRetention: RetentionDays;
}

/** What watches over the jobs: the sweeper, which closes the ticks that nothing else will close. */
export class Operator extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { code, schedules, ledger, group, logRetention }: OperatorProps,
  ) {
    super(scope, id);
    const sweeper = createFunction(new Construct(this, 'Sweeper'), {
      code,
      description: 'Closes ticks that left no row, and holders whose lease ran out',
      // After a day's outage it has a day's rows to write; what it does not reach, the next one does.
      timeout: Duration.minutes(5),
      memory: 256,
      ledger,
      logRetention,
    });
    ledger.grantSweep(sweeper);
    // It must not learn of a job before the job's schedule is there to fire, or the ticks between
    // the two would be missed.
    sweeper.node.addDependency(...schedules);

    const schedule = new Schedule(this, 'Schedule', {
      scheduleName: SWEEPER,
      description: 'The sweep, every five minutes',
      scheduleGroup: group,
      // Minutes 4 and 9 of ten: most jobs fire at round ones, or soon after.
      schedule: ScheduleExpression.expression('cron(4/5 * * * ? *)'),
      target: new LambdaInvoke(sweeper, { input: ScheduleTargetInput.fromObject({}) }),
    });
    schedule.node.addDependency(group);
  }
}
