import { Stack } from 'aws-cdk-lib';
import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SAVED_QUERIES } from '../saved-queries.ts';

/** The saved queries of Logs Insights, in a folder with the stack's name. */
export class Queries extends Construct {
  constructor(scope: Construct, id: string, logs: ILogGroup) {
    super(scope, id);
    SAVED_QUERIES.forEach(({ name, text }, i) => {
      // CDK's own construct takes a query in pieces, and knows not all of them.
      new CfnQueryDefinition(this, `Query${i + 1}`, {
        name: `${Stack.of(this).stackName}/${name}`,
        queryString: text,
        logGroupNames: [logs.logGroupName],
      });
    });
  }
}
