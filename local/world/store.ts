import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Build } from '../../functions/application/builds.ts';
import type { Socket, Worker } from '../../functions/application/connections.ts';
import type { Licence } from '../../functions/application/licences.ts';

export type Item = Build | Licence | Socket | Worker;

/** What one BatchWriteItem takes. */
const BATCH = 25;

/** Writes items of the application table in as few requests as there can be. */
export async function putAll(client: DynamoDBClient, table: string, items: Item[]): Promise<void> {
  const left: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: marshall(item) } }));
  while (left.length > 0) {
    const batch = left.splice(0, BATCH);
    const answer = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: batch } }),
    );
    left.push(...(answer.UnprocessedItems?.[table] ?? []));
  }
}

/** Ends a build as it would end itself: not if it was failed as stuck before. */
export async function putEnd(client: DynamoDBClient, table: string, build: Build): Promise<void> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: marshall(build),
        ConditionExpression: '#state = :running',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':running': { S: 'running' } },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
