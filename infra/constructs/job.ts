import { Duration, TimeZone } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  ContextAttribute,
  type IScheduleGroup,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { ListedJob } from '../list.ts';
import { scheduleName } from '../names.ts';
import { createFunction } from './function.ts';
import type { Ledger } from './ledger.ts';

export interface JobFunctionProps {
  job: ListedJob;
  code: Code;
  ledger: Ledger;
  group: IScheduleGroup;
  logRetention: RetentionDays;
}

/** One job: its function, its log group, its role and its schedules. */
export class JobFunction extends Construct {
  readonly function: NodejsFunction;
  readonly schedules: readonly Schedule[];

  constructor(
    scope: Construct,
    id: string,
    { job, code, ledger, group, logRetention }: JobFunctionProps,
  ) {
    super(scope, id);
    this.function = createFunction(this, {
      code,
      description: job.description,
      timeout: Duration.millis(job.timeout),
      memory: job.memory,
      ledger,
      environment: {
        PUNCTUAL_JOB: job.name,
        PUNCTUAL_MISFIRE_GRACE_SECONDS: String(job.misfireGrace / 1000),
      },
      logRetention,
    });
    ledger.grantRun(this.function, job.name);
    this.schedules = job.expressions.map((expression, i) =>
      this.#schedule(expression, i, job, group),
    );
  }

  #schedule(expression: string, index: number, job: ListedJob, group: IScheduleGroup): Schedule {
    const schedule = new Schedule(this, index === 0 ? 'Schedule' : `Schedule${index + 1}`, {
      scheduleName: scheduleName(job.name, index),
      description: job.description,
      scheduleGroup: group,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(job.timeZone)),
      timeWindow:
        job.jitter > 0 ? TimeWindow.flexible(Duration.millis(job.jitter)) : TimeWindow.off(),
      enabled: job.enabled,
      target: new LambdaInvoke(this.function, {
        input: ScheduleTargetInput.fromObject({
          job: job.name,
          scheduledTime: ContextAttribute.scheduledTime,
          trigger: 'schedule',
          attempt: 1,
          payload: job.payload,
          executionId: ContextAttribute.executionId,
          scheduleArn: ContextAttribute.scheduleArn,
        }),
      }),
    });
    // A group with a name of its own is named as text, from which CloudFormation sees no order.
    schedule.node.addDependency(group);
    return schedule;
  }
}
