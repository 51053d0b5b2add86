import { type QueueResource, requireQueue } from './queue-resources.ts';
import {
  DEFAULT_GROUP,
  MAXIMUM_EVENT_AGE_SECONDS,
  MAXIMUM_RETRIES,
  type Schedule,
} from './schedule.ts';
import { fail, type TemplateReader } from './template-reader.ts';

/** A schedule of a job. */
export interface ScheduleResource extends Schedule {
  /** The job in the event. */
  job: string;
}

/** A schedule of the stack itself: its event names no job, and its function leaves no rows. */
export type OperatorResource = Schedule;

/**
 * The deployed schedules.
 *
 * @throws Problem where one has another target than a function, or no event that can be read
 */
export function schedulesOf(
  reader: TemplateReader,
  queues: readonly QueueResource[],
): { schedules: ScheduleResource[]; operators: OperatorResource[] } {
  const fired = reader.of('AWS::Scheduler::Schedule').map(({ id, name, arn, properties }) => {
    const { Target = {}, GroupName, FlexibleTimeWindow } = properties;
    const { RetryPolicy = {}, DeadLetterConfig } = Target;
    if (DeadLetterConfig) requireQueue(id, 'its dead letters go', DeadLetterConfig.Arn, queues);
    const schedule: Schedule = {
      name,
      group: GroupName ?? DEFAULT_GROUP,
      arn,
      expression: properties.ScheduleExpression,
      timeZone: properties.ScheduleExpressionTimezone ?? 'UTC',
      windowMinutes: FlexibleTimeWindow?.MaximumWindowInMinutes ?? 0,
      enabled: properties.State !== 'DISABLED',
      functionName: functionIn(Target.Arn) ?? fail(id, `fires ${Target.Arn}, which is no function`),
      targetArn: Target.Arn,
      roleArn: Target.RoleArn ?? '',
      input: Target.Input ?? fail(id, 'its target has no Input'),
      ...(DeadLetterConfig && { deadLetterArn: DeadLetterConfig.Arn }),
      maximumEventAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds ?? MAXIMUM_EVENT_AGE_SECONDS,
      maximumRetries: RetryPolicy.MaximumRetryAttempts ?? MAXIMUM_RETRIES,
    };
    const job = jobOf(id, schedule.input);
    return job === undefined ? schedule : { ...schedule, job };
  });
  return {
    schedules: fired.filter((schedule) => 'job' in schedule),
    operators: fired.filter((schedule) => !('job' in schedule)),
  };
}

/** The name in a function's ARN. It may be that of none: then EventBridge has something to give up. */
function functionIn(arn: unknown): string | undefined {
  return /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(String(arn))?.[1];
}

/** The job that an event is for; an operator's has none. */
function jobOf(id: string, input: string): string | undefined {
  try {
    const { job } = JSON.parse(input);
    if (job === undefined || typeof job === 'string') return job;
  } catch {
    // said below
  }
  return fail(id, `its Input is not JSON, or its 'job' is no text: ${input}`);
}
