import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What differs between the stages; everything else is the same in both. */
export interface Stage {
  name: 'dev' | 'prod';
  /** What happens to the tables when the stack is destroyed. */
  tables: RemovalPolicy;
  logRetention: RetentionDays;
}

export const stages: Record<Stage['name'], Stage> = {
  dev: { name: 'dev', tables: RemovalPolicy.DESTROY, logRetention: RetentionDays.ONE_WEEK },
  prod: { name: 'prod', tables: RemovalPolicy.RETAIN, logRetention: RetentionDays.THREE_MONTHS },
};
