import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const log = new Logger({ serviceName: 'bench' });
const metrics = new Metrics({ namespace: 'bench' });
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'idempotency' });

/** What one would write with Powertools: each event once, a line and a metric. */
export const handler = makeIdempotent(
  async (_event: unknown) => {
    log.info('done');
    metrics.addMetric('Done', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  },
  { persistenceStore },
);
