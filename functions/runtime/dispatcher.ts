import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { DeliveryEvent } from '../../core/run/delivery.ts';
import { DispatchError, type Dispatcher } from '../../core/run/dispatcher.ts';
import { functionName } from '../../core/run/function-name.ts';
import { retryName } from '../../core/run/retry-name.ts';
import { exactTickOf } from '../../core/run/tick.ts';
import type { OperatorSettings } from './settings.ts';

/** Where deliveries go. */
type Ways = Pick<OperatorSettings, 'group' | 'functions' | 'firingRole' | 'deadLetters'>;

/** How long EventBridge goes on trying to deliver an attempt, in seconds. */
const DELIVERED_WITHIN = 3_600;

/** EventBridge refuses a time that is past when it gets it. */
const SOON = 2_000;

/** Milliseconds, and how often the SDK tries: an API that hangs must not eat a job's time. */
const PATIENCE = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const TRIES = 4;

/**
 * Delivers through EventBridge and Lambda. A run that succeeds needs neither, so their clients are
 * loaded by the first that does.
 */
export class AwsDispatcher implements Dispatcher {
  readonly #settings: Ways;
  readonly #clock: () => number;
  #scheduler: Promise<SchedulerClient> | undefined;
  #lambda: Promise<LambdaClient> | undefined;

  /** @param clock milliseconds since 1970. Default: this machine's, which the local cloud's functions have set */
  constructor(settings: Ways, clock = () => Date.now()) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async at(event: DeliveryEvent, time: number): Promise<void> {
    if (time < this.#clock() + SOON) return this.now(event);
    const { group, firingRole, deadLetters } = this.#settings;
    const { CreateScheduleCommand } = await import('./scheduler-client.ts');
    const { job, scheduledTime, attempt } = event;
    const command = new CreateScheduleCommand({
      GroupName: group,
      Name: retryName(job, exactTickOf(scheduledTime), attempt),
      Description: `Attempt ${attempt} of ${job} ${scheduledTime}`,
      ScheduleExpression: `at(${new Date(time).toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      // Without it every retry there ever was would count against the account's number of schedules.
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: this.#arnOf(job),
        RoleArn: firingRole,
        Input: JSON.stringify({
          ...event,
          executionId: '<aws.scheduler.execution-id>',
          scheduleArn: '<aws.scheduler.schedule-arn>',
        }),
        DeadLetterConfig: { Arn: deadLetters },
        RetryPolicy: { MaximumEventAgeInSeconds: DELIVERED_WITHIN, MaximumRetryAttempts: 185 },
      },
    });
    try {
      await (await this.#schedulerClient()).send(command);
    } catch (error) {
      // Asked for before: by this process, whose answer was lost, or by another.
      if ((error as Error).name === 'ConflictException') return;
      throw failed(`attempt ${attempt} of ${job} ${scheduledTime} was not scheduled`, error);
    }
  }

  async now(event: DeliveryEvent): Promise<void> {
    const { InvokeCommand } = await import('./lambda-client.ts');
    const command = new InvokeCommand({
      FunctionName: functionName(this.#settings.functions, event.job),
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    });
    try {
      await (await this.#lambdaClient()).send(command);
    } catch (error) {
      throw failed(`${event.job} ${event.scheduledTime} was not delivered`, error);
    }
  }

  /** The queue's ARN names partition, region and account. */
  #arnOf(job: string): string {
    const [, partition, , region, account] = this.#settings.deadLetters.split(':');
    return `arn:${partition}:lambda:${region}:${account}:function:${functionName(this.#settings.functions, job)}`;
  }

  #schedulerClient(): Promise<SchedulerClient> {
    this.#scheduler ??= import('./scheduler-client.ts').then(
      ({ SchedulerClient }) =>
        new SchedulerClient({ maxAttempts: TRIES, requestHandler: PATIENCE }),
    );
    return this.#scheduler;
  }

  #lambdaClient(): Promise<LambdaClient> {
    this.#lambda ??= import('./lambda-client.ts').then(
      ({ LambdaClient }) => new LambdaClient({ maxAttempts: TRIES, requestHandler: PATIENCE }),
    );
    return this.#lambda;
  }
}

function failed(what: string, error: unknown): DispatchError {
  const [cause] = String(error).split('\n');
  return new DispatchError(`${what}; ${cause}`, { cause: error });
}
