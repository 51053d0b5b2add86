import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { setting } from './setting.ts';

/** One for the process. Without a request timeout that throws, a lost answer is waited for forever. */
const client = new DynamoDBClient({
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
});

/** Both keys of an item of the application table. */
export interface Key {
  kind: string;
  id: string;
}

/** Which part of a heading: what is older than an instant, or what falls on one UTC day. */
export interface Part {
  before?: Date;
  /** `2026-03-01` */
  day?: string;
}

/**
 * What stands under one heading of the index `todo`, by its `since`, oldest first. Reads a page
 * when the one before is used up. An index lags behind its table: treat what comes as a hint, and
 * repeat what it was chosen for as the condition of every change.
 */
export async function* todo<T>(heading: string, { before, day }: Part = {}): AsyncGenerator<T> {
  let part = '';
  if (before) part = ' AND since < :since';
  if (day) part = ' AND begins_with(since, :since)';
  let from: QueryCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: setting('APPLICATION_TABLE'),
        IndexName: 'todo',
        KeyConditionExpression: `todo = :todo${part}`,
        ExpressionAttributeValues: marshall(
          { ':todo': heading, ':since': before?.toISOString() ?? day },
          { removeUndefinedValues: true },
        ),
        ExclusiveStartKey: from,
      }),
    );
    for (const item of page.Items ?? []) yield unmarshall(item) as T;
    from = page.LastEvaluatedKey;
  } while (from);
}

/** A change and when it may be made. `#state` stands for the attribute `state`, a reserved word. */
export interface Change {
  update: string;
  condition: string;
  values: Record<string, unknown>;
}

/**
 * Changes one item if the condition still holds.
 * @returns false where it does not: somebody was faster, and their change stands.
 */
export async function change({ kind, id }: Key, wanted: Change): Promise<boolean> {
  const names = `${wanted.update} ${wanted.condition}`.match(/#\w+/g)?.map((n) => [n, n.slice(1)]);
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: setting('APPLICATION_TABLE'),
        Key: marshall({ kind, id }),
        UpdateExpression: wanted.update,
        ConditionExpression: wanted.condition,
        ExpressionAttributeNames: names && Object.fromEntries(names),
        ExpressionAttributeValues: marshall(wanted.values),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
