import { Duration } from 'aws-cdk-lib';
import { type Code, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionName } from '../../core/run/function-name.ts';
import { limitsOf } from '../../core/run/limits.ts';
import { limitsFor } from '../../core/run/made.ts';
import type { ListedJob } from '../list.ts';
import type { Deliveries } from './deliveries.ts';
import { createFunction } from './function.ts';
import type { Ledger } from './ledger.ts';
import { maxAge } from './schedules.ts';

export interface JobFunctionProps {
  /** The job's name, or the pool's. */
  name: string;
  /** Of a pool any of its jobs: what is looked at here they have in common. */
  job: ListedJob;
  /** The names of the jobs that share its lock, its own too. */
  members: readonly string[];
  code: Code;
  ledger: Ledger;
  deliveries: Deliveries;
  logs: ILogGroup;
}

/** The function of a job, or of a pool of them, and its role. */
export class JobFunction extends Construct {
  readonly function: NodejsFunction;

  constructor(
    scope: Construct,
    id: string,
    { name, job, members, code, ledger, deliveries, logs }: JobFunctionProps,
  ) {
    super(scope, id);
    const limits = limitsFor(name, limitsOf(job));
    this.function = createFunction(this, {
      functionName: functionName(deliveries.functions, name),
      code,
      description: job.pool === undefined ? job.description : `The pool ${name}`,
      timeout: Duration.millis(job.timeout),
      memory: job.memory,
      ledger,
      deliveries,
      environment: {
        PUNCTUAL_JOB: name,
        PUNCTUAL_LIMITS: JSON.stringify(limits),
      },
      logs,
      asynchronous: {
        // A delivery that came too late to run is only in the way of the next.
        maxEventAge: maxAge(job, 'lambda'),
        onFailure: new SqsDestination(deliveries.failures),
        // The run that ends starts the one that waits. Lambda would take that for a function that calls
        // itself by mistake, and stop it after sixteen.
        recursiveLoop: RecursiveLoop.ALLOW,
      },
    });
    ledger.grantRun(this.function, limits.lock, members);
    deliveries.grantDeliver(this.function, members);
  }
}
