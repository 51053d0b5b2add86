import type { FunctionResource, QueueResource, ScheduleResource } from '../../local/resources.ts';

const ARN = 'arn:aws:';
const PLACE = 'eu-central-1:000000000000';

/** A function of a stack `app`; the tests say what matters to them. */
export function functionNamed(
  name: string,
  settings: Partial<FunctionResource> = {},
): FunctionResource {
  return {
    name,
    arn: `${ARN}lambda:${PLACE}:function:${name}`,
    code: '.',
    handler: 'index.handler',
    timeoutSeconds: 3,
    memoryMb: 128,
    environment: {},
    logGroup: name,
    asyncRetries: 0,
    maximumEventAgeSeconds: 21_600,
    ...settings,
  };
}

export function queueNamed(name: string, settings: Partial<QueueResource> = {}): QueueResource {
  return { name, arn: `${ARN}sqs:${PLACE}:${name}`, visibilitySeconds: 180, ...settings };
}

/** The ARN of the role that the schedules here have. */
export const ROLE = `${ARN}iam::000000000000:role/firing`;

/** A schedule of the job `sweep`, every ten minutes. */
export function scheduleOf(settings: Partial<ScheduleResource> = {}): ScheduleResource {
  const { job = 'sweep' } = settings;
  const functionName = settings.functionName ?? `app-${job}`;
  return {
    name: job,
    group: 'app',
    arn: `${ARN}scheduler:${PLACE}:schedule/app/${settings.name ?? job}`,
    expression: 'cron(0/10 * * * ? *)',
    timeZone: 'UTC',
    windowMinutes: 0,
    enabled: true,
    functionName,
    targetArn: functionNamed(functionName).arn,
    roleArn: ROLE,
    job,
    input: JSON.stringify({
      job,
      scheduledTime: '<aws.scheduler.scheduled-time>',
      executionId: '<aws.scheduler.execution-id>',
      scheduleArn: '<aws.scheduler.schedule-arn>',
      payload: { note: '<b>' },
    }),
    maximumEventAgeSeconds: 600,
    maximumRetries: 185,
    ...settings,
  };
}
