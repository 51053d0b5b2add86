import { ArnFormat, Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import type { Access } from '../../core/schedule/settings.ts';
import type { Stage } from '../stages.ts';

/**
 * What the example jobs work on: the application's table, and the right to send its e-mail.
 * Replace it with your own application's resources; a job's `access` says which of them it reaches.
 */
export class Application extends Construct {
  readonly table: TableV2;
  readonly mailFrom: string;

  constructor(
    scope: Construct,
    id: string,
    { stage, mailFrom }: { stage: Stage; mailFrom: string },
  ) {
    super(scope, id);
    this.mailFrom = mailFrom;
    this.table = new TableV2(this, 'Table', {
      billing: Billing.onDemand(),
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: 'todo',
          partitionKey: { name: 'todo', type: AttributeType.STRING },
          sortKey: { name: 'since', type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: stage.tables,
      deletionProtection: stage.name === 'prod',
    });
  }

  /** Gives a job's function what its `access` names. */
  grant(fn: NodejsFunction, access: readonly Access[]): void {
    if (access.includes('application')) {
      fn.addEnvironment('APPLICATION_TABLE', this.table.tableName);
      fn.addToRolePolicy(
        new PolicyStatement({
          actions: ['dynamodb:Query', 'dynamodb:UpdateItem'],
          resources: [this.table.tableArn, `${this.table.tableArn}/index/todo`],
        }),
      );
    }
    if (access.includes('email')) {
      fn.addEnvironment('MAIL_FROM', this.mailFrom);
      fn.addToRolePolicy(
        new PolicyStatement({
          actions: ['ses:SendEmail'],
          resources: [
            Stack.of(this).formatArn({
              service: 'ses',
              resource: 'identity',
              resourceName: '*',
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          ],
          conditions: { StringEquals: { 'ses:FromAddress': this.mailFrom } },
        }),
      );
    }
  }
}
