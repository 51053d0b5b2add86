import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  type IGrantable,
  type IRole,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionName } from '../../core/run/function-name.ts';

/** The finalizer's; a message must stay hidden for longer than the finalizer may work on it, or two would. */
export const FINALIZER_TIMEOUT = Duration.seconds(30);
/** What AWS advises: room for Lambda to try a batch again while the finalizer is throttled. */
const HIDDEN_FOR_TIMEOUTS = 6;
/** At three minutes each an hour, which also outlasts the lease of any attempt that may still be alive. */
export const MOST_TRIES = 20;

/**
 * Each of many jobs that may call one another would name all of them, and outgrow the policy of a role and
 * the template. What is given up is little: by a schedule, who may deliver may deliver to any.
 */
const MOST_NAMED = 20;

/**
 * How deliveries reach the functions: the role with which EventBridge fires the schedules of their group,
 * and the queue for those that came to nothing.
 */
export class Deliveries extends Construct {
  readonly group: IScheduleGroup;
  /** What the names of the jobs' functions begin with. */
  readonly functions: string;
  /** Takes what EventBridge could not deliver, and what Lambda delivered to a function that died. */
  readonly failures: Queue;
  /** Takes what the finalizer could not deal with in all its tries; nothing reads it but people. */
  readonly poison: Queue;
  /** Takes no further statements: what each schedule would add, it has already. */
  readonly firingRole: IRole;
  /** What every function has to know to make a delivery of its own. */
  readonly environment: Record<string, string>;

  constructor(
    scope: Construct,
    id: string,
    { group, functions }: { group: IScheduleGroup; functions: string },
  ) {
    super(scope, id);
    this.group = group;
    this.functions = functions;
    const kept = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // SQS's longest: what is lost here is a tick without a row.
      retentionPeriod: Duration.days(14),
    };
    this.poison = new Queue(this, 'Poison', kept);
    this.failures = new Queue(this, 'Failures', {
      ...kept,
      visibilityTimeout: Duration.seconds(FINALIZER_TIMEOUT.toSeconds() * HIDDEN_FOR_TIMEOUTS),
      deadLetterQueue: { queue: this.poison, maxReceiveCount: MOST_TRIES },
    });
    const role = this.#firingRole();
    this.firingRole = role.withoutPolicyUpdates();
    this.environment = {
      PUNCTUAL_GROUP: group.scheduleGroupName,
      PUNCTUAL_FUNCTIONS: functions,
      PUNCTUAL_FIRING_ROLE: role.roleArn,
      PUNCTUAL_DEAD_LETTERS: this.failures.queueArn,
    };
  }

  /**
   * Lets a function deliver: at a time, by a schedule of its own making, and at once.
   *
   * @param jobs those to which it may deliver at once, by name; without them, and where there are many, to any
   */
  grantDeliver(grantee: IGrantable, jobs: readonly string[] = []): void {
    const isNamed = jobs.length > 0 && jobs.length <= MOST_NAMED;
    const grant = (
      action: string,
      resources: string[],
      conditions?: Record<string, Record<string, string>>,
    ) =>
      grantee.grantPrincipal.addToPrincipalPolicy(
        new PolicyStatement({ actions: [action], resources, conditions }),
      );
    grant('scheduler:CreateSchedule', [
      this.#arn('scheduler', 'schedule', `${this.group.scheduleGroupName}/*`),
    ]);
    // A schedule is made with the role it fires with: whoever makes one hands it over.
    grant('iam:PassRole', [this.firingRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    });
    grant(
      'lambda:InvokeFunction',
      isNamed ? jobs.map((job) => this.functionArn(job)) : [this.#anyFunctionArn()],
    );
  }

  /**
   * One role for all schedules, those of the retries too. A role of each job's own would be two resources
   * more a job, and a statement for each job in this one would outgrow it.
   */
  #firingRole(): Role {
    const { account } = Stack.of(this);
    return new Role(this, 'FiringRole', {
      description: 'EventBridge takes it on to fire the schedules',
      // Of all schedules in the world, only ours may use it.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': this.group.scheduleGroupArn,
          },
        },
      }),
      // Inline, so that the role is never without it, not even while a stack is made.
      inlinePolicies: {
        fire: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [this.#anyFunctionArn()],
            }),
            new PolicyStatement({
              actions: ['sqs:SendMessage'],
              resources: [this.failures.queueArn],
            }),
          ],
        }),
      },
    });
  }

  /**
   * Of the function of a job, or of a pool. From the name, not by reference: functions that may call each other
   * would be a cycle to CloudFormation.
   */
  functionArn(job: string): string {
    return this.#functionArn(functionName(this.functions, job));
  }

  /** Of the stack's, however they begin: those that were there before the jobs moved to a fleet, or back, too. */
  #anyFunctionArn(): string {
    return this.#functionArn(`${Stack.of(this).stackName}-*`);
  }

  #functionArn(name: string): string {
    return this.#arn('lambda', 'function', name, ArnFormat.COLON_RESOURCE_NAME);
  }

  #arn(
    service: string,
    resource: string,
    resourceName: string,
    arnFormat = ArnFormat.SLASH_RESOURCE_NAME,
  ): string {
    return Stack.of(this).formatArn({ service, resource, resourceName, arnFormat });
  }
}
