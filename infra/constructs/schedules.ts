import { Duration, TimeZone } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import { DAY, HOUR, MINUTE } from '../../core/schedule/duration.ts';
import type { ListedJob } from '../list.ts';
import { scheduleName } from '../names.ts';
import type { Deliveries } from './deliveries.ts';

/** EventBridge's and Lambda's bounds of how long a delivery is tried, in milliseconds. */
const SHORTEST_AGE = MINUTE;
const LONGEST_AGE = { eventBridge: DAY, lambda: 6 * HOUR };
/** EventBridge's most: how often it tries is bounded by the delivery's age. */
const DELIVERY_TRIES = 185;

export interface SchedulesProps {
  job: ListedJob;
  /** What runs it. */
  target: IFunction;
  deliveries: Deliveries;
  /** In how many stacks the list lies; see `scheduleName`. */
  shards: number;
}

/** The schedules of a job, one for each of its expressions. */
export function createSchedules(
  scope: Construct,
  { job, target, deliveries, shards }: SchedulesProps,
): Schedule[] {
  const { group, firingRole, failures } = deliveries;
  return job.expressions.map((expression, index) => {
    const schedule = new Schedule(scope, index === 0 ? 'Schedule' : `Schedule${index + 1}`, {
      scheduleName: scheduleName(job.name, index, shards),
      description: job.description,
      scheduleGroup: group,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(job.timeZone)),
      timeWindow:
        job.jitter > 0 ? TimeWindow.flexible(Duration.millis(job.jitter)) : TimeWindow.off(),
      enabled: job.enabled,
      target: new LambdaInvoke(target, {
        role: firingRole,
        deadLetterQueue: failures,
        maxEventAge: maxAge(job, 'eventBridge'),
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
    // A fleet's stacks wait for it as a whole.
    if (shards === 1) schedule.node.addDependency(group);
    return schedule;
  });
}

/** How long a delivery of a job is tried: as long as the job would take it. */
export function maxAge(
  { misfireGrace }: Pick<ListedJob, 'misfireGrace'>,
  by: keyof typeof LONGEST_AGE,
): Duration {
  return Duration.millis(Math.min(Math.max(misfireGrace, SHORTEST_AGE), LONGEST_AGE[by]));
}
