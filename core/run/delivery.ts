import { baseOf } from './made.ts';
import { isOwnPayload, LARGEST_OWN_PAYLOAD } from './payload.ts';
import { TRIGGERS, type Trigger } from './states.ts';
import { exactTickOf, type Tick, tickOf } from './tick.ts';

/** One event that asks for one attempt of one tick. The same tick may be delivered many times. */
export interface Delivery {
  job: string;
  tick: Tick;
  trigger: Trigger;
  /** Which attempt the sender means: 1 from a schedule, higher from a retry. */
  attempt: number;
  payload: unknown;
  /** Whether the payload is another than the list's. Default: it is, where a person or a backfill asks for the run. */
  ownPayload?: boolean;
  /** When it took its place in the lock's queue, ISO 8601; absent where it did not have to wait. */
  waitingSince?: string;
  /** EventBridge's id of one attempted invocation: for the log, never a key, since it differs each time. */
  executionId?: string;
  scheduleArn?: string;
}

/** The event that makes a delivery: what EventBridge sends, and whoever else delivers. */
export interface DeliveryEvent {
  job: string;
  /** ISO 8601. */
  scheduledTime: string;
  trigger: Trigger;
  attempt: number;
  payload?: unknown;
  ownPayload?: boolean;
  waitingSince?: string;
}

/** An event that is no delivery for this function: thrown before anything was read or written. */
export class BadEvent extends Error {
  override readonly name = 'BadEvent';
}

/**
 * Reads the event of an invocation.
 *
 * @param ownJob the job that the function was deployed for
 * @throws BadEvent naming the field, what is wrong with it and what would be right
 */
export function parseDelivery(event: unknown, ownJob: string): Delivery {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new BadEvent(
      `the event is not an object; send { job: '${ownJob}', scheduledTime: <ISO 8601> }`,
    );
  }
  const fields = event as Record<string, unknown>;
  const { job, scheduledTime, trigger, attempt, payload } = fields;
  const { ownPayload, waitingSince, executionId, scheduleArn } = fields;
  if (typeof job !== 'string' || job === '') {
    throw new BadEvent(`the event has no job; this function runs '${ownJob}'`);
  }
  if (job !== ownJob && baseOf(job) !== ownJob) {
    throw new BadEvent(
      `the event is for job '${job}', this function runs '${ownJob}'; check the schedule's target`,
    );
  }
  const asked = parseTrigger(trigger);
  const what = { trigger: asked, payload, ...(typeof ownPayload === 'boolean' && { ownPayload }) };
  checkSize(what);
  return {
    job,
    tick: parseTick(scheduledTime, asked),
    attempt: parseAttempt(attempt),
    ...what,
    ...(typeof waitingSince === 'string' && { waitingSince }),
    ...(typeof executionId === 'string' && { executionId }),
    ...(typeof scheduleArn === 'string' && { scheduleArn }),
  };
}

function checkSize(what: Pick<DeliveryEvent, 'trigger' | 'payload' | 'ownPayload'>): void {
  const size = isOwnPayload(what) ? Buffer.byteLength(JSON.stringify(what.payload)) : 0;
  if (size > LARGEST_OWN_PAYLOAD) {
    throw new BadEvent(
      `the payload has ${size} bytes, and one that is not in the list may have ${LARGEST_OWN_PAYLOAD}: it is kept for the run's retries`,
    );
  }
}

function parseTick(scheduledTime: unknown, trigger: Trigger): Tick {
  if (typeof scheduledTime !== 'string' || scheduledTime === '') {
    throw new BadEvent(
      `the event has no scheduledTime; send an ISO 8601 time such as '2026-03-01T09:00:00Z'`,
    );
  }
  try {
    // EventBridge's may carry seconds that mean nothing; in a person's they are what tells it apart.
    return trigger === 'schedule' ? tickOf(scheduledTime) : exactTickOf(scheduledTime);
  } catch {
    throw new BadEvent(
      `scheduledTime '${scheduledTime}' is no time; send ISO 8601 with a zone, such as '2026-03-01T09:00:00Z'`,
    );
  }
}

function parseTrigger(trigger: unknown): Trigger {
  if (trigger === undefined) return 'schedule';
  const known = TRIGGERS.find((name) => name === trigger);
  if (!known) throw new BadEvent(`trigger '${trigger}' is unknown; one of ${TRIGGERS.join(', ')}`);
  return known;
}

function parseAttempt(attempt: unknown): number {
  if (attempt === undefined) return 1;
  if (typeof attempt !== 'number' || !Number.isInteger(attempt) || attempt < 1) {
    throw new BadEvent(`attempt '${attempt}' is not a whole number from 1`);
  }
  return attempt;
}
