import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { deployedOf } from '../../core/run/limits.ts';
import type { ListedJob } from '../list.ts';

export interface CatalogueProps {
  /** What the names of the jobs' functions begin with. */
  functions: string;
  /** Those of this stack; where there is a fleet each nested stack tells its own. */
  jobs: readonly ListedJob[];
  /** Name -> value; at most a kilobyte each. */
  outputs: Record<string, string>;
}

/**
 * What the command line has to know of a stack, where CloudFormation keeps it: the list as it was
 * deployed in the template's metadata, and the names of what it reaches in the outputs.
 */
export class Catalogue extends Construct {
  constructor(scope: Construct, id: string, { functions, jobs, outputs }: CatalogueProps) {
    super(scope, id);
    tellJobs(Stack.of(this), jobs, { functions });
    for (const [name, value] of Object.entries(outputs)) {
      // The name as it is, without the construct's path and a hash.
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }
}

/** Writes into the metadata of a template which jobs have their schedules in it. */
export function tellJobs(stack: Stack, jobs: readonly ListedJob[], more: object = {}): void {
  stack.addMetadata('Punctual', { ...more, jobs: jobs.map(deployedOf) });
}
