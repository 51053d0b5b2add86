import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  type FunctionOptions,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Deliveries } from './deliveries.ts';
import type { Ledger } from './ledger.ts';

export interface FunctionProps {
  functionName: string;
  code: Code;
  description: string;
  timeout: Duration;
  /** Megabytes. */
  memory: number;
  ledger: Ledger;
  deliveries: Deliveries;
  /** Besides what every function is told. */
  environment?: Record<string, string>;
  /** One group for all functions of the stack, so that one query sees them all. */
  logs: ILogGroup;
  /** What Lambda does with events that nobody waits for. Default: its own defaults, without its retries. */
  asynchronous?: Pick<FunctionOptions, 'maxEventAge' | 'onFailure' | 'recursiveLoop'>;
}

/** A function as all of ours are, with its role; what the role may do is granted to it. */
export function createFunction(scope: Construct, props: FunctionProps): NodejsFunction {
  // CDK's own role may write to every log group of the account.
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  props.logs.grantWrite(role);

  return new NodejsFunction(scope, 'Function', {
    functionName: props.functionName,
    role,
    logGroup: props.logs,
    description: props.description,
    code: props.code,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: props.timeout,
    memorySize: props.memory,
    loggingFormat: LoggingFormat.JSON,
    // Every retry is Punctual's own: a second mechanism would run ticks behind its back.
    retryAttempts: 0,
    ...props.asynchronous,
    environment: {
      ...props.environment,
      ...props.deliveries.environment,
      PUNCTUAL_LOCKS_TABLE: props.ledger.locks.tableName,
      PUNCTUAL_RUNS_TABLE: props.ledger.runs.tableName,
    },
  });
}
