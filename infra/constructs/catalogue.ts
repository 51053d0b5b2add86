import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { deployedOf } from '../../core/run/limits.ts';
import type { ListedJob } from '../list.ts';

/**
 * What the command line has to know of a stack, where CloudFormation keeps it: the list as it was
 * deployed in the template's metadata, and the names of what it reaches in the outputs.
 */
export class Catalogue extends Construct {
  /** @param outputs name -> value; at most a kilobyte each */
  constructor(
    scope: Construct,
    id: string,
    jobs: readonly ListedJob[],
    outputs: Record<string, string>,
  ) {
    super(scope, id);
    Stack.of(this).addMetadata('Punctual', { jobs: jobs.map(deployedOf) });
    for (const [name, value] of Object.entries(outputs)) {
      // The name as it is, without the construct's path and a hash.
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }
}
