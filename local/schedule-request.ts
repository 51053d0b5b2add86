import { AwsError } from './aws-reply.ts';
import { ACCOUNT, REGION } from './resolve.ts';
import type { Resources } from './resources.ts';
import {
  DEFAULT_GROUP,
  isOneTime,
  MAXIMUM_EVENT_AGE_SECONDS,
  MAXIMUM_RETRIES,
  type Made,
  nextTime,
  type Schedule,
} from './schedule.ts';

/** What CreateSchedule and UpdateSchedule are asked, as the SDK writes it: times in seconds. */
interface ScheduleRequest {
  ActionAfterCompletion?: 'DELETE' | 'NONE';
  ClientToken?: string;
  Description?: string;
  EndDate?: number;
  FlexibleTimeWindow?: { Mode?: string; MaximumWindowInMinutes?: number };
  GroupName?: string;
  ScheduleExpression?: string;
  ScheduleExpressionTimezone?: string;
  StartDate?: number;
  State?: 'ENABLED' | 'DISABLED';
  Target?: {
    Arn?: string;
    RoleArn?: string;
    Input?: string;
    DeadLetterConfig?: { Arn?: string };
    RetryPolicy?: { MaximumEventAgeInSeconds?: number; MaximumRetryAttempts?: number };
  };
}

/** What a request is checked against. */
export type Known = Pick<Resources, 'functions' | 'queues' | 'roles' | 'scheduleGroups'>;

/**
 * Reads the body of a request that makes a schedule, or replaces one: what it leaves out has its
 * default, also where the schedule had another value before.
 *
 * @param now simulated milliseconds since 1970
 * @throws AwsError where EventBridge would refuse; and where the stack has no such function, role
 * or queue, which EventBridge would find out only when it fires
 */
export function readSchedule(name: string, body: string, known: Known, now: number): Schedule {
  const request: ScheduleRequest = JSON.parse(body);
  const { Target = {}, FlexibleTimeWindow = {}, GroupName: group = DEFAULT_GROUP } = request;
  if (!/^[\w.-]{1,64}$/.test(name)) refuse(`Name '${name}' must match ^[0-9a-zA-Z-_.]{1,64}$`);
  requireGroup(group, known);
  if (!known.roles.includes(Target.RoleArn ?? '')) {
    refuse(
      `The execution role you provide must allow AWS EventBridge Scheduler to assume the role; ${Target.RoleArn} is no role of the stack`,
    );
  }
  const { Mode, MaximumWindowInMinutes } = FlexibleTimeWindow;
  const windowMinutes =
    Mode === 'OFF' ? 0 : within('FlexibleTimeWindow', MaximumWindowInMinutes, 1, 1_440);
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = Target.RetryPolicy ?? {};
  const schedule: Schedule = {
    name,
    group,
    arn: arnOf(group, name),
    expression: request.ScheduleExpression ?? '',
    timeZone: request.ScheduleExpressionTimezone ?? 'UTC',
    windowMinutes,
    enabled: request.State !== 'DISABLED',
    functionName: functionOf(Target.Arn, known),
    targetArn: Target.Arn ?? '',
    roleArn: Target.RoleArn ?? '',
    input: inputOf(Target.Input),
    deadLetterArn: queueOf(Target.DeadLetterConfig?.Arn, known),
    maximumEventAgeSeconds: within(
      'MaximumEventAgeInSeconds',
      MaximumEventAgeInSeconds ?? MAXIMUM_EVENT_AGE_SECONDS,
      60,
      86_400,
    ),
    maximumRetries: within('MaximumRetryAttempts', MaximumRetryAttempts ?? MAXIMUM_RETRIES, 0, 185),
    made: madeOf(request, now),
  };
  requireTimes(schedule, now);
  return schedule;
}

/** @throws AwsError where there is no such group. */
export function requireGroup(group: string, { scheduleGroups }: Known): void {
  if (group === DEFAULT_GROUP || scheduleGroups.includes(group)) return;
  throw new AwsError(404, 'ResourceNotFoundException', `Schedule group ${group} does not exist.`);
}

export function arnOf(group: string, name: string): string {
  return `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${group}/${name}`;
}

function madeOf(request: ScheduleRequest, now: number): Made {
  const { StartDate, EndDate, ClientToken, Description, ActionAfterCompletion } = request;
  return {
    createdAt: now,
    modifiedAt: now,
    clientToken: ClientToken,
    description: Description,
    ...(StartDate !== undefined && { startsAt: StartDate * 1_000 }),
    ...(EndDate !== undefined && { endsAt: EndDate * 1_000 }),
    deletedAfterwards: ActionAfterCompletion === 'DELETE',
  };
}

/** An expression that can be read, and one time that is still to come. */
function requireTimes(schedule: Schedule, now: number): void {
  const { expression } = schedule;
  const invalid = `Invalid Schedule Expression ${expression}.`;
  if (!/^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|(cron|rate)\(.+\))$/.test(expression))
    refuse(invalid);
  let next: number | undefined;
  try {
    next = nextTime(schedule, now);
  } catch {
    refuse(invalid);
  }
  if (next === undefined && isOneTime(schedule)) {
    refuse(`${invalid} It lies in the past, or does not exist in ${schedule.timeZone}.`);
  }
}

function functionOf(arn: string | undefined, { functions }: Known): string {
  const fn = functions.find((one) => one.arn === arn);
  return fn?.name ?? refuse(`Provided Arn ${arn} is no function of the stack.`);
}

function queueOf(arn: string | undefined, { queues }: Known): string | undefined {
  if (arn === undefined || queues.some((queue) => queue.arn === arn)) return arn;
  return refuse(`Provided DeadLetterConfig Arn ${arn} is no queue of the stack.`);
}

function inputOf(input: string | undefined): string {
  try {
    JSON.parse(input ?? '');
    return input as string;
  } catch {
    return refuse('Invalid request provided: Target.Input must be valid JSON.');
  }
}

function within(field: string, value: number | undefined, from: number, to: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= from && value <= to) return value;
  return refuse(`${field} must be a whole number from ${from} to ${to}, not ${value}.`);
}

function refuse(message: string): never {
  throw new AwsError(400, 'ValidationException', message);
}
