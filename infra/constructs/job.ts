import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  ContextAttribute,
  type IScheduleGroup,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { BUNDLING } from '../bundling.ts';
import type { ListedJob } from '../list.ts';
import { scheduleName } from '../names.ts';
import type { Ledger } from './ledger.ts';

export interface JobFunctionProps {
  job: ListedJob;
  ledger: Ledger;
  group: IScheduleGroup;
  logRetention: RetentionDays;
}

/** One job: its function, its log group, its role and its schedules. */
export class JobFunction extends Construct {
  readonly function: NodejsFunction;

  constructor(
    scope: Construct,
    id: string,
    { job, ledger, group, logRetention }: JobFunctionProps,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // CDK's own role may write to every log group of the account.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    ledger.grantRun(role, job.name);

    this.function = new NodejsFunction(this, 'Function', {
      role,
      logGroup,
      description: job.description,
      entry: job.entry,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.millis(job.timeout),
      memorySize: job.memory,
      loggingFormat: LoggingFormat.JSON,
      // Every retry is Punctual's own: a second mechanism would run ticks behind its back.
      retryAttempts: 0,
      environment: {
        PUNCTUAL_JOB: job.name,
        PUNCTUAL_LOCKS_TABLE: ledger.locks.tableName,
        PUNCTUAL_RUNS_TABLE: ledger.runs.tableName,
        PUNCTUAL_MISFIRE_GRACE_SECONDS: String(job.misfireGrace / 1000),
      },
      bundling: {
        ...BUNDLING,
        format: OutputFormat.ESM,
        // The SDK of the runtime would be another version than the one tested, and loads slower.
        bundleAwsSDK: true,
      },
    });
    for (const [i, expression] of job.expressions.entries())
      this.#schedule(expression, i, job, group);
  }

  #schedule(expression: string, index: number, job: ListedJob, group: IScheduleGroup): void {
    const schedule = new Schedule(this, index === 0 ? 'Schedule' : `Schedule${index + 1}`, {
      scheduleName: scheduleName(job.name, index),
      description: job.description,
      scheduleGroup: group,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(job.timeZone)),
      timeWindow:
        job.jitter > 0 ? TimeWindow.flexible(Duration.millis(job.jitter)) : TimeWindow.off(),
      enabled: job.enabled,
      target: new LambdaInvoke(this.function, {
        input: ScheduleTargetInput.fromObject({
          job: job.name,
          scheduledTime: ContextAttribute.scheduledTime,
          trigger: 'schedule',
          attempt: 1,
          payload: job.payload,
          executionId: ContextAttribute.executionId,
          scheduleArn: ContextAttribute.scheduleArn,
        }),
      }),
    });
    // A group with a name of its own is named as text, from which CloudFormation sees no order.
    schedule.node.addDependency(group);
  }
}
