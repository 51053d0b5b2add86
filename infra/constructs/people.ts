import { resolve } from 'node:path';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { FunctionUrlAuthType, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionName } from '../../core/run/function-name.ts';
import type { CodeOf } from '../code.ts';
import { CONSOLE, HEALTH } from '../names.ts';
import type { Deliveries } from './deliveries.ts';
import { createFunction } from './function.ts';
import type { Ledger } from './ledger.ts';
import { FOLDER } from './operator.ts';

const CONSOLE_ENTRY = resolve(FOLDER, 'console.ts');
const HEALTH_ENTRY = resolve(FOLDER, 'health.ts');

/** Their code. The bundles carry the list of jobs, as `PUNCTUAL_JOBS`. */
export const PEOPLES_ENTRIES = [CONSOLE_ENTRY, HEALTH_ENTRY];

/** Nobody waits longer for a page. */
const PATIENCE = Duration.seconds(30);

export interface PeopleProps {
  codeOf: CodeOf;
  ledger: Ledger;
  deliveries: Deliveries;
  logs: ILogGroup;
  /** Whether the health report has a URL. */
  healthUrl: boolean;
}

/** What people ask: the console, and the health report where it was asked for. */
export class People extends Construct {
  /** Whoever may invoke it may do what its buttons do: give `lambda:InvokeFunction` on it with care. */
  readonly console: IFunction;

  constructor(scope: Construct, id: string, { healthUrl, ...props }: PeopleProps) {
    super(scope, id);
    this.console = this.#console(props);
    if (healthUrl) this.#health(props);
  }

  #console({ codeOf, ...shared }: Omit<PeopleProps, 'healthUrl'>): IFunction {
    const { ledger, deliveries } = shared;
    const console = createFunction(new Construct(this, 'Console'), {
      ...shared,
      functionName: functionName(Stack.of(this).stackName, CONSOLE),
      code: codeOf(CONSOLE_ENTRY),
      description: 'The console: shows the jobs and their runs, and does what people ask for',
      timeout: PATIENCE,
      // A page of fifty jobs with their last runs is made in one go, and CPU comes with memory.
      memory: 512,
    });
    ledger.grantOperate(console);
    deliveries.grantDeliver(console);
    return console;
  }

  #health({ codeOf, ...shared }: Omit<PeopleProps, 'healthUrl'>): void {
    const { ledger } = shared;
    const health = createFunction(new Construct(this, 'Health'), {
      ...shared,
      functionName: functionName(Stack.of(this).stackName, HEALTH),
      code: codeOf(HEALTH_ENTRY),
      description: 'The health report, for what asks over HTTPS',
      timeout: PATIENCE,
      memory: 256,
    });
    ledger.grantRead(health);
    // Names of jobs and the texts of errors are nobody else's business.
    const { url } = health.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    new CfnOutput(this, 'HealthUrl', {
      value: url,
      description: 'The health report; signed requests of who may invoke the function',
    }).overrideLogicalId('HealthUrl');
  }
}
