import { timeOf } from '../core/run/tick.ts';
import { nextTick } from '../core/schedule/ticks.ts';

/** A schedule of EventBridge Scheduler. */
export interface Schedule {
  name: string;
  /** The name of its group. */
  group: string;
  arn: string;
  expression: string;
  timeZone: string;
  /** Minutes after the nominal time within which EventBridge may fire; 0 is none. */
  windowMinutes: number;
  enabled: boolean;
  /** The name of the function it fires. */
  functionName: string;
  targetArn: string;
  roleArn: string;
  /** The event, with EventBridge's placeholders. */
  input: string;
  /** The queue that takes what can not be delivered. */
  deadLetterArn?: string;
  /** How long EventBridge goes on trying to deliver. */
  maximumEventAgeSeconds: number;
  /** How often it tries again. */
  maximumRetries: number;
  /** Only of one that was made at run time; a deployed one has none. */
  made?: Made;
}

/** What the API keeps of a schedule beyond what the stack's own need. Times in simulated ms since 1970. */
export interface Made {
  createdAt: number;
  modifiedAt: number;
  /** The same token is the same request, sent again. */
  clientToken?: string;
  description?: string;
  /** It fires at no time before, and none after. */
  startsAt?: number;
  endsAt?: number;
  /** Whether it goes once it has fired for the last time. */
  deletedAfterwards: boolean;
}

/** The group of a schedule that names none. */
export const DEFAULT_GROUP = 'default';
/** EventBridge's defaults for a schedule without a RetryPolicy. */
export const MAXIMUM_EVENT_AGE_SECONDS = 86_400;
export const MAXIMUM_RETRIES = 185;

/** Whether it fires at most once. */
export function isOneTime({ expression }: Pick<Schedule, 'expression'>): boolean {
  return expression.startsWith('at(');
}

/** The first time at or after `from` at which it fires; `undefined` where none comes any more. In ms. */
export function nextTime(schedule: Schedule, from: number): number | undefined {
  const { expression, timeZone, made } = schedule;
  const tick = nextTick(expression, timeZone, new Date(Math.max(from, made?.startsAt ?? from)));
  if (tick === undefined) return undefined;
  // A tick has no seconds; only a one-time schedule does.
  const [, seconds = 0] = /^at\(.*:\d\d:(\d\d)\)$/.exec(expression) ?? [];
  const time = timeOf(tick) + Number(seconds) * 1_000;
  return time > (made?.endsAt ?? time) ? undefined : time;
}
