import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { functionName } from '../core/run/function-name.ts';
import type { Deployed } from '../core/run/limits.ts';
import { type Made, madeScheduleName } from '../core/run/made.ts';
import { DAY, MINUTE } from '../core/schedule/duration.ts';
import type { OperatorSettings } from '../functions/runtime/settings.ts';

/** EventBridge's most; how often it tries is bounded by the delivery's age. */
const DELIVERY_TRIES = 185;

/** Makes EventBridge's schedules as the stack does (`infra/constructs/schedules.ts`), at run time. */
export class Maker {
  readonly #settings: OperatorSettings;
  readonly #client = new SchedulerClient({});

  constructor(settings: OperatorSettings) {
    this.#settings = settings;
  }

  /**
   * Makes all schedules of one; those that are there already are replaced.
   *
   * @param misfireGrace how long a delivery is tried, in milliseconds
   */
  async make(made: Made, { misfireGrace }: Pick<Deployed, 'misfireGrace'>): Promise<void> {
    for (const index of made.expressions.keys()) {
      const input = this.#inputOf(made, index, misfireGrace);
      try {
        await this.#client.send(new CreateScheduleCommand(input));
      } catch (error) {
        if ((error as Error).name !== 'ConflictException') throw error;
        await this.#client.send(new UpdateScheduleCommand(input));
      }
    }
  }

  /** Deletes all schedules of one, where they are there: one that fires once deletes itself. */
  async unmake({ name, expressions }: Pick<Made, 'name' | 'expressions'>): Promise<void> {
    for (const index of expressions.keys()) {
      const Name = madeScheduleName(name, index);
      try {
        await this.#client.send(
          new DeleteScheduleCommand({ GroupName: this.#settings.group, Name }),
        );
      } catch (error) {
        if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      }
    }
  }

  #inputOf(made: Made, index: number, misfireGrace: number): CreateScheduleCommandInput {
    const { name, expressions, timeZone, payload, by } = made;
    const { group, firingRole, deadLetters } = this.#settings;
    const expression = expressions[index] as string;
    return {
      GroupName: group,
      Name: madeScheduleName(name, index),
      Description: `${name}, made by ${by}`.slice(0, 512),
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: timeZone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      // What has an end would count against the account's number of schedules for ever.
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: this.#functionOf(name),
        RoleArn: firingRole,
        Input: JSON.stringify({
          job: name,
          scheduledTime: '<aws.scheduler.scheduled-time>',
          trigger: 'schedule',
          attempt: 1,
          payload,
          executionId: '<aws.scheduler.execution-id>',
          scheduleArn: '<aws.scheduler.schedule-arn>',
        }),
        DeadLetterConfig: { Arn: deadLetters },
        RetryPolicy: {
          MaximumEventAgeInSeconds: Math.min(Math.max(misfireGrace, MINUTE), DAY) / 1_000,
          MaximumRetryAttempts: DELIVERY_TRIES,
        },
      },
    };
  }

  /** The queue's ARN names partition, region and account. */
  #functionOf(job: string): string {
    const { deadLetters, functions } = this.#settings;
    const [, partition, , region, account] = deadLetters.split(':');
    return `arn:${partition}:lambda:${region}:${account}:function:${functionName(functions, job)}`;
  }
}
