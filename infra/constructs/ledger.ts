import {
  AttributeType,
  Billing,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { madeOf } from '../../core/run/made.ts';
import type { Stage } from '../stages.ts';

/** The index of the runs that somebody or something has still to look at. */
const ATTENTION = 'attention';

/** Of more, what was made for each would outgrow the policy: what was made for any job, and the jobs of pools, are in reach then. */
const MOST_NAMED = 20;
/** Characters of keys. The inline policies of a role have 10,240 at most; of a group that outgrows them any key is in reach. */
const MOST_TEXT = 5_000;

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
          indexName: ATTENTION,
          partitionKey: { name: ATTENTION, type: AttributeType.STRING },
          sortKey: { name: 'tick', type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
    });
  }

  /**
   * A job reaches its own rows and the lock it takes, and no other's, in the two ways the protocol needs.
   * Where it shares a lock, also the rows of the others: who takes over from the dead closes their row.
   *
   * What was made at run time for a job is its own, too: `<job>@<name>`.
   *
   * @param lock the one it takes
   * @param jobs those that share it, its own name too
   */
  grantRun(grantee: IGrantable, lock: string, jobs: readonly string[]): void {
    const made = jobs.length > MOST_NAMED ? [madeOf('*')] : jobs.map(madeOf);
    const named = [...new Set([lock, ...jobs]), ...made];
    const keys = named.join('","').length > MOST_TEXT ? ['*'] : named;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [this.locks.tableArn, this.runs.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
      }),
    );
  }

  /** The finalizer reaches every lock and row. */
  grantClose(grantee: IGrantable): void {
    const { locks, runs } = this;
    grant(
      grantee,
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [locks.tableArn, runs.tableArn],
    );
  }

  /** The sweeper too; it also looks for locks and rows a hundred at once, and for what needs attention. */
  grantSweep(grantee: IGrantable): void {
    const { locks, runs } = this;
    this.grantClose(grantee);
    grant(grantee, ['dynamodb:BatchGetItem'], [locks.tableArn, runs.tableArn]);
    grant(grantee, ['dynamodb:Query'], [this.#attention]);
  }

  /** Who answers people's questions reads everything, and writes nothing. */
  grantRead(grantee: IGrantable): void {
    const { locks, runs } = this;
    const tables = [locks.tableArn, runs.tableArn];
    grant(grantee, ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], tables);
    grant(grantee, ['dynamodb:Query'], [runs.tableArn, this.#attention]);
  }

  /** Who does what people ask for also pauses, frees and notes who did it. */
  grantOperate(grantee: IGrantable): void {
    const { locks, runs } = this;
    this.grantRead(grantee);
    grant(grantee, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], [locks.tableArn, runs.tableArn]);
  }

  get #attention(): string {
    return `${this.runs.tableArn}/index/${ATTENTION}`;
  }
}

function grant(grantee: IGrantable, actions: string[], resources: string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
}
