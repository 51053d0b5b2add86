import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Tables } from '../core/ledger/dynamodb.ts';
import { createTables, startDynamoDB } from '../local/dynamodb.ts';
import { REGION } from '../local/resolve.ts';
import type { TableResource } from '../local/resources.ts';
import { ENGINES } from '../test/support/stores.ts';

/** AWS's own where Java is, dynalite elsewhere. */
export const ENGINE = ENGINES.at(-1) ?? 'dynalite';
export const STORE = ENGINE === 'java' ? "AWS's DynamoDB Local" : 'dynalite';

/** A store that is new. */
export interface BenchStore {
  /** Of our own kind: the runs table with its index, as it is deployed. */
  tables: Tables;
  /** The tables of other parts, keyed by `id`. */
  others: { idempotency: string; leases: string; history: string };
  /** Where it is, and what stands in for credentials. */
  reached: DynamoDBClientConfig;
  /** A new client. */
  client(config?: DynamoDBClientConfig): DynamoDBClient;
  stop(): Promise<void>;
}

export async function startBenchStore(): Promise<BenchStore> {
  const { endpoint, stop } = await startDynamoDB(ENGINE);
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const reached = { endpoint, region: REGION, credentials };
  const client = (config: DynamoDBClientConfig = {}) =>
    new DynamoDBClient({ ...reached, ...config });
  const tables = { locks: 'locks', runs: 'runs' };
  const others = { idempotency: 'idempotency', leases: 'leases', history: 'history' };
  await createTables(client(), [
    table(tables.locks, ['lock']),
    table(tables.runs, ['job', 'tick'], ['attention', 'tick']),
    ...Object.values(others).map((name) => table(name, ['id'])),
  ]);
  return { tables, others, reached, client, stop };
}

/** @param index the key of its index, which has the same name as the key's first attribute */
function table(name: string, key: string[], index: string[] = []): TableResource {
  const attributes = [...new Set([...key, ...index])];
  const schema = (names: string[]) =>
    names.map((AttributeName, i) => ({
      AttributeName,
      KeyType: i === 0 ? ('HASH' as const) : ('RANGE' as const),
    }));
  const [IndexName] = index;
  return {
    logicalId: name,
    name,
    keySchema: schema(key),
    attributes: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    indexes: IndexName
      ? [{ IndexName, KeySchema: schema(index), Projection: { ProjectionType: 'ALL' } }]
      : [],
  };
}
