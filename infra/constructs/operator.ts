import { resolve } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct, type IDependable } from 'constructs';
import { functionName } from '../../core/run/function-name.ts';
import type { CodeOf } from '../code.ts';
import { FINALIZER, SWEEPER } from '../names.ts';
import type { Alerts } from './alerts.ts';
import { type Deliveries, FINALIZER_TIMEOUT, MOST_TRIES } from './deliveries.ts';
import { createFunction } from './function.ts';
import type { Ledger } from './ledger.ts';

export const FOLDER = resolve(import.meta.dirname, '../../functions/operator');
const SWEEPER_ENTRY = resolve(FOLDER, 'sweeper.ts');
const FINALIZER_ENTRY = resolve(FOLDER, 'finalizer.ts');

/** Their code. The bundles carry the list of jobs, as `PUNCTUAL_JOBS`. */
export const OPERATOR_ENTRIES = [SWEEPER_ENTRY, FINALIZER_ENTRY];

/** SQS's most. */
const FAILURES_AT_ONCE = 10;

export interface OperatorProps {
  codeOf: CodeOf;
  /** The schedules of the list's jobs, or the stacks they lie in. */
  schedules: readonly IDependable[];
  ledger: Ledger;
  deliveries: Deliveries;
  alerts: Alerts;
  logs: ILogGroup;
}

/** What watches over the jobs: what became of the attempts that died, and of the ticks that nothing ran of. */
export class Operator extends Construct {
  constructor(scope: Construct, id: string, props: OperatorProps) {
    super(scope, id);
    this.#sweeper(props);
    this.#finalizer(props);
  }

  /** Closes the ticks that nothing else will close, and tells people what they should hear of. */
  #sweeper({ codeOf, schedules, alerts, ...shared }: OperatorProps): void {
    const { ledger, deliveries } = shared;
    // Its own failures go nowhere: the next sweep does what this one could not.
    const sweeper = createFunction(new Construct(this, 'Sweeper'), {
      ...shared,
      functionName: functionName(Stack.of(this).stackName, SWEEPER),
      code: codeOf(SWEEPER_ENTRY),
      description:
        'Closes ticks that left no row and holders whose lease ran out, and sends the alerts',
      environment: { PUNCTUAL_ALERTS_TOPIC: alerts.topic.topicArn },
      // After a day's outage it has a day's rows to write; what it does not reach, the next one does.
      timeout: Duration.minutes(5),
      memory: 256,
    });
    ledger.grantSweep(sweeper);
    alerts.topic.grantPublish(sweeper);
    deliveries.grantDeliver(sweeper);
    // It must not learn of a job before the job's schedule is there to fire, or the ticks between
    // the two would be missed.
    sweeper.node.addDependency(...schedules);

    const schedule = new Schedule(this, 'Schedule', {
      scheduleName: SWEEPER,
      description: 'The sweep, every five minutes',
      scheduleGroup: deliveries.group,
      // Minutes 4 and 9 of ten: most jobs fire at round ones, or soon after.
      schedule: ScheduleExpression.expression('cron(4/5 * * * ? *)'),
      target: new LambdaInvoke(sweeper, {
        role: deliveries.firingRole,
        input: ScheduleTargetInput.fromObject({}),
      }),
    });
    schedule.node.addDependency(deliveries.group);
  }

  /** Closes the runs of deliveries that came to nothing, within moments of their end. */
  #finalizer({ codeOf, schedules: _, alerts: __, ...shared }: OperatorProps): void {
    const { ledger, deliveries } = shared;
    const finalizer = createFunction(new Construct(this, 'Finalizer'), {
      ...shared,
      functionName: functionName(Stack.of(this).stackName, FINALIZER),
      code: codeOf(FINALIZER_ENTRY),
      description: 'Closes runs whose attempt died, or could not be delivered',
      environment: { PUNCTUAL_MOST_TRIES: String(MOST_TRIES) },
      timeout: FINALIZER_TIMEOUT,
      memory: 256,
      // It starts who waits for the lock it frees; where those die too, it hears of them again.
      asynchronous: { recursiveLoop: RecursiveLoop.ALLOW },
    });
    ledger.grantClose(finalizer);
    deliveries.grantDeliver(finalizer);
    finalizer.addEventSource(
      new SqsEventSource(deliveries.failures, {
        batchSize: FAILURES_AT_ONCE,
        // One that can not be closed must not bring back the others.
        reportBatchItemFailures: true,
      }),
    );
  }
}
