import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DatabaseMessage } from './dynamodb-process.ts';
import { Problem } from './problem.ts';
import { REGION } from './resolve.ts';
import type { TableResource } from './resources.ts';

const PROCESS = fileURLToPath(new URL('./dynamodb-process.ts', import.meta.url));

export interface Database {
  endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts an empty DynamoDB in memory, in a process of its own, on a free port.
 *
 * @throws Problem where the engine is `java` and there is no Java 17
 */
export async function startDynamoDB(engine: 'dynalite' | 'java'): Promise<Database> {
  const process = fork(PROCESS, [engine], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(process, 'exit');
  const stop = async () => {
    if (process.connected) process.disconnect();
    await ended;
  };
  const [said] = await Promise.race([
    once(process, 'message') as Promise<[DatabaseMessage]>,
    ended.then(([code]): [DatabaseMessage] => [
      { problem: `the database ended with exit status ${code}` },
    ]),
  ]);
  if ('endpoint' in said) return { endpoint: said.endpoint, stop };
  await stop();
  throw new Problem(said.problem);
}

/** A client for the local DynamoDB, with what stands in for credentials there. */
export function localClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/**
 * Creates the tables of a template. Their time to live is left out on purpose: DynamoDB Local
 * would delete by the real clock, and ours is simulated. No decision of the ledger rests on it.
 */
export async function createTables(client: DynamoDBClient, tables: TableResource[]): Promise<void> {
  await Promise.all(
    tables.map(({ name, keySchema, attributes, indexes }) =>
      client.send(
        new CreateTableCommand({
          TableName: name,
          KeySchema: keySchema,
          AttributeDefinitions: attributes,
          GlobalSecondaryIndexes: indexes.length > 0 ? indexes : undefined,
          BillingMode: 'PAY_PER_REQUEST',
        }),
      ),
    ),
  );
}
