import { Duration, TimeZone } from 'aws-cdk-lib';
import { type Code, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { limitsOf, lockOf } from '../../core/run/limits.ts';
import { DAY, HOUR, MINUTE } from '../../core/schedule/duration.ts';
import type { ListedJob } from '../list.ts';
import { scheduleName } from '../names.ts';
import type { Deliveries } from './deliveries.ts';
import { createFunction } from './function.ts';
import type { Ledger } from './ledger.ts';

/** EventBridge's and Lambda's bounds of how long a delivery is tried, in milliseconds. */
const SHORTEST_AGE = MINUTE;
const LONGEST_AGE = { eventBridge: DAY, lambda: 6 * HOUR };
/** EventBridge's most: how often it tries is bounded by the delivery's age. */
const DELIVERY_TRIES = 185;

export interface JobFunctionProps {
  job: ListedJob;
  /** The names of the jobs that share its lock, its own too. */
  members: readonly string[];
  code: Code;
  ledger: Ledger;
  deliveries: Deliveries;
  logs: ILogGroup;
}

/** One job: its function, its role and its schedules. */
export class JobFunction extends Construct {
  readonly function: NodejsFunction;
  readonly schedules: readonly Schedule[];

  constructor(
    scope: Construct,
    id: string,
    { job, members, code, ledger, deliveries, logs }: JobFunctionProps,
  ) {
    super(scope, id);
    this.function = createFunction(this, {
      name: job.name,
      code,
      description: job.description,
      timeout: Duration.millis(job.timeout),
      memory: job.memory,
      ledger,
      deliveries,
      environment: {
        PUNCTUAL_JOB: job.name,
        PUNCTUAL_LIMITS: JSON.stringify(limitsOf(job)),
      },
      logs,
      asynchronous: {
        // A delivery that came too late to run is only in the way of the next.
        maxEventAge: maxAge(job, LONGEST_AGE.lambda),
        onFailure: new SqsDestination(deliveries.failures),
        // The run that ends starts the one that waits. Lambda would take that for a function that calls
        // itself by mistake, and stop it after sixteen.
        recursiveLoop: RecursiveLoop.ALLOW,
      },
    });
    ledger.grantRun(this.function, lockOf(job), members);
    deliveries.grantDeliver(this.function, members);
    this.schedules = job.expressions.map((expression, i) =>
      this.#schedule(expression, i, job, deliveries),
    );
  }

  #schedule(
    expression: string,
    index: number,
    job: ListedJob,
    { group, firingRole, failures }: Deliveries,
  ): Schedule {
    const schedule = new Schedule(this, index === 0 ? 'Schedule' : `Schedule${index + 1}`, {
      scheduleName: scheduleName(job.name, index),
      description: job.description,
      scheduleGroup: group,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(job.timeZone)),
      timeWindow:
        job.jitter > 0 ? TimeWindow.flexible(Duration.millis(job.jitter)) : TimeWindow.off(),
      enabled: job.enabled,
      target: new LambdaInvoke(this.function, {
        role: firingRole,
        deadLetterQueue: failures,
        maxEventAge: maxAge(job, LONGEST_AGE.eventBridge),
        retryAttempts: DELIVERY_TRIES,
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

/** How long a delivery of a job is tried: as long as the job would take it. */
function maxAge({ misfireGrace }: ListedJob, longest: number): Duration {
  return Duration.millis(Math.min(Math.max(misfireGrace, SHORTEST_AGE), longest));
}
