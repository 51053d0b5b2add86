import { AwsError, json } from './aws-reply.ts';
import type { HttpReply, HttpRequest } from './http.ts';
import { DEFAULT_GROUP, type Made, type Schedule } from './schedule.ts';
import { arnOf, type Known, readSchedule, requireGroup } from './schedule-request.ts';
import type { Scheduler } from './scheduler.ts';

const PATH = '/schedules';
/** What one ListSchedules answers at most. */
const PAGE = 100;

/** EventBridge Scheduler's API: schedules are made, read, replaced, deleted and listed at run time. */
export class SchedulerApi {
  readonly #scheduler: Scheduler;
  readonly #known: Known;
  /** When what the stack deploys was made, in ms. */
  readonly #deployedAt: number;

  constructor(scheduler: Scheduler, known: Known, deployedAt: number) {
    this.#scheduler = scheduler;
    this.#known = known;
    this.#deployedAt = deployedAt;
  }

  /** `undefined` where the request is for another service. */
  answer({ method, path, query, body }: HttpRequest, now: number): HttpReply | undefined {
    if (path !== PATH && !path.startsWith(`${PATH}/`)) return undefined;
    try {
      const name = decodeURIComponent(path.slice(PATH.length + 1));
      if (method === 'GET' && name === '') return json(200, this.#list(query));
      if (method === 'POST') return json(200, this.#create(name, body, now));
      if (method === 'PUT') return json(200, this.#update(name, body, now));
      const schedule = this.#find(query.get('groupName') ?? DEFAULT_GROUP, name);
      if (method === 'GET') return json(200, this.#described(schedule));
      if (method !== 'DELETE') return { status: 405 };
      this.#scheduler.remove(schedule.arn);
      return json(200, {});
    } catch (error) {
      if (error instanceof AwsError) return error.reply();
      throw error;
    }
  }

  #create(name: string, body: string, now: number) {
    const schedule = readSchedule(name, body, this.#known, now);
    const { arn, made } = schedule;
    const old = this.#scheduler.find(arn);
    // The SDK sends a request again, with its token, where the answer was lost.
    const isSame =
      old?.made?.clientToken !== undefined && old.made.clientToken === made?.clientToken;
    if (old && !isSame) {
      throw new AwsError(409, 'ConflictException', `Schedule ${name} already exists.`);
    }
    if (!old) this.#scheduler.put(schedule);
    return { ScheduleArn: arn };
  }

  #update(name: string, body: string, now: number) {
    const schedule = readSchedule(name, body, this.#known, now);
    const { createdAt } = this.#madeOf(this.#find(schedule.group, name));
    this.#scheduler.put({ ...schedule, made: { ...(schedule.made as Made), createdAt } });
    return { ScheduleArn: schedule.arn };
  }

  #find(group: string, name: string): Schedule {
    requireGroup(group, this.#known);
    const schedule = this.#scheduler.find(arnOf(group, name));
    if (schedule) return schedule;
    throw new AwsError(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
  }

  #list(query: URLSearchParams) {
    const group = query.get('ScheduleGroup');
    const state = query.get('State');
    if (group) requireGroup(group, this.#known);
    const found = this.#scheduler.schedules
      .filter((one) => group === null || one.group === group)
      .filter(({ name }) => name.startsWith(query.get('NamePrefix') ?? ''))
      .filter((one) => state === null || stateOf(one) === state)
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
    // The token is the ARN of the last one: what is made or goes meanwhile moves none of the others.
    const after = query.get('NextToken') ?? '';
    const left = found.filter(({ arn }) => arn > after);
    const shown = left.slice(0, Number(query.get('MaxResults') ?? PAGE));
    return {
      Schedules: shown.map((schedule) => this.#summarized(schedule)),
      ...(left.length > shown.length && { NextToken: shown.at(-1)?.arn }),
    };
  }

  #summarized(schedule: Schedule) {
    const { createdAt, modifiedAt } = this.#madeOf(schedule);
    return {
      Arn: schedule.arn,
      GroupName: schedule.group,
      Name: schedule.name,
      State: stateOf(schedule),
      CreationDate: createdAt / 1_000,
      LastModificationDate: modifiedAt / 1_000,
      Target: { Arn: schedule.targetArn },
    };
  }

  #described(schedule: Schedule) {
    const { startsAt, endsAt, description, deletedAfterwards } = this.#madeOf(schedule);
    const { windowMinutes, deadLetterArn } = schedule;
    return {
      ...this.#summarized(schedule),
      ScheduleExpression: schedule.expression,
      ScheduleExpressionTimezone: schedule.timeZone,
      Description: description,
      StartDate: startsAt && startsAt / 1_000,
      EndDate: endsAt && endsAt / 1_000,
      ActionAfterCompletion: deletedAfterwards ? 'DELETE' : 'NONE',
      FlexibleTimeWindow:
        windowMinutes > 0
          ? { Mode: 'FLEXIBLE', MaximumWindowInMinutes: windowMinutes }
          : { Mode: 'OFF' },
      Target: {
        Arn: schedule.targetArn,
        RoleArn: schedule.roleArn,
        Input: schedule.input,
        DeadLetterConfig: deadLetterArn && { Arn: deadLetterArn },
        RetryPolicy: {
          MaximumEventAgeInSeconds: schedule.maximumEventAgeSeconds,
          MaximumRetryAttempts: schedule.maximumRetries,
        },
      },
    };
  }

  #madeOf({ made }: Schedule): Made {
    const at = this.#deployedAt;
    return made ?? { createdAt: at, modifiedAt: at, deletedAfterwards: false };
  }
}

function stateOf({ enabled }: Schedule): string {
  return enabled ? 'ENABLED' : 'DISABLED';
}
