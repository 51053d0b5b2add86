import {
  AttributeType,
  Billing,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** The ledger: who may run (locks), and what became of every tick (runs). */
export class Ledger extends Construct {
  readonly locks: TableV2;
  readonly runs: TableV2;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const kept = {
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: stage.tables,
      deletionProtection: stage.name === 'prod',
    };
    this.locks = new TableV2(this, 'Locks', {
      ...kept,
      partitionKey: { name: 'lock', type: AttributeType.STRING },
    });
    this.runs = new TableV2(this, 'Runs', {
      ...kept,
      partitionKey: { name: 'job', type: AttributeType.STRING },
      sortKey: { name: 'tick', type: AttributeType.STRING },
      // Sparse: only a run that did not succeed carries `attention`, so a success pays for no index.
      globalSecondaryIndexes: [
        {
          indexName: 'attention',
          partitionKey: { name: 'attention', type: AttributeType.STRING },
          sortKey: { name: 'tick', type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
    });
  }

  /** A job reaches its own lock and its own rows, and no other's, in the two ways the protocol needs. */
  grantRun(grantee: IGrantable, job: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [this.locks.tableArn, this.runs.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [job] } },
      }),
    );
  }

  /** The sweeper reaches every lock and row, reads all locks at once, and may look for rows. */
  grantSweep(grantee: IGrantable): void {
    const { locks, runs } = this;
    const grant = (actions: string[], ...tables: TableV2[]) =>
      grantee.grantPrincipal.addToPrincipalPolicy(
        new PolicyStatement({ actions, resources: tables.map(({ tableArn }) => tableArn) }),
      );
    grant(['dynamodb:GetItem', 'dynamodb:UpdateItem'], locks, runs);
    grant(['dynamodb:BatchGetItem'], locks);
    grant(['dynamodb:Query'], runs);
  }
}
