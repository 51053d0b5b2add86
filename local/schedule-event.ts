import { randomUUID } from 'node:crypto';
import { type Tick, tickOf } from '../core/run/tick.ts';
import type { Schedule } from './schedule.ts';

/** One event of a schedule, as EventBridge sends it. */
export interface ScheduleEvent {
  /** The target's input with the placeholders filled in: JSON. */
  body: string;
  executionId: string;
  /** The nominal time, ISO 8601. */
  scheduledTime: string;
}

/** What an event is about, where it is a job's. */
export interface Subject {
  job: string;
  /** The tick to be run: for a retry that of the run, not the time of its own schedule. */
  tick: Tick;
  attempt: number;
}

/**
 * EventBridge's placeholders, filled in. The execution id differs each time, the scheduled time
 * does not.
 *
 * @param time the nominal time in ms
 */
export function eventOf(schedule: Schedule, time: number): ScheduleEvent {
  const executionId = randomUUID();
  const scheduledTime = new Date(time).toISOString().replace('.000Z', 'Z');
  const values: Record<string, string> = {
    'scheduled-time': scheduledTime,
    'execution-id': executionId,
    'schedule-arn': schedule.arn,
    'attempt-number': '1',
  };
  const body = schedule.input.replace(
    /<aws\.scheduler\.([\w-]+)>/g,
    (whole, name) => values[name] ?? whole,
  );
  return { body, executionId, scheduledTime };
}

/** `undefined` for an event that names no job: an operator's. */
export function subjectOf({ body, scheduledTime }: ScheduleEvent): Subject | undefined {
  const { job, scheduledTime: named, attempt } = JSON.parse(body) ?? {};
  if (typeof job !== 'string') return undefined;
  return {
    job,
    tick: tickIn(named) ?? tickOf(scheduledTime),
    attempt: typeof attempt === 'number' ? attempt : 1,
  };
}

/** The event is its author's: a time that is none is for the function to refuse. */
function tickIn(time: unknown): Tick | undefined {
  try {
    return typeof time === 'string' ? tickOf(time) : undefined;
  } catch {
    return undefined;
  }
}
