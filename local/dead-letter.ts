import type { Schedule } from './schedule.ts';
import type { ScheduleEvent } from './schedule-event.ts';

/** An event that EventBridge gave up. */
export interface DeadLetter {
  schedule: Schedule;
  /** The event, as the target would have got it: JSON. */
  body: string;
  /** Message attributes that say why. */
  attributes: Record<string, string>;
}

/** Why EventBridge could not deliver. */
export interface DeliveryError {
  code: string;
  message: string;
  /** Which limit ended the retries; without it none were made, since they could not help. */
  exhausted?: 'MaximumEventAgeInSeconds' | 'MaximumRetryAttempts';
}

/** There is no function to deliver to. EventBridge does not try that again. */
export function noFunction({ targetArn }: Schedule): DeliveryError {
  return {
    code: 'AWS.Lambda.ResourceNotFoundException',
    message: `Function not found: ${targetArn}`,
  };
}

/** The function takes no more events, until EventBridge has no more retries. */
export function throttled({ maximumRetries }: Schedule): DeliveryError {
  return {
    code: 'AWS.Lambda.ThrottlingException',
    message: 'Rate Exceeded.',
    exhausted: maximumRetries === 0 ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds',
  };
}

/** What EventBridge sends to a schedule's dead-letter queue. */
export function deadLetterOf(
  schedule: Schedule,
  { body, executionId, scheduledTime }: ScheduleEvent,
  { code, message, exhausted }: DeliveryError,
): DeadLetter {
  return {
    schedule,
    body,
    attributes: {
      ERROR_CODE: code,
      ERROR_MESSAGE: message,
      EXECUTION_ID: executionId,
      ...(exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(exhausted ? schedule.maximumRetries : 0),
      SCHEDULED_TIME: scheduledTime,
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: schedule.targetArn,
    },
  };
}
