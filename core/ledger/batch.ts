import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Requests } from './requests.ts';
import type { Item } from './update.ts';

/** Of which items, and what of them: all attributes where none are named. */
export interface Batch {
  table: string;
  /** Without duplicates. */
  keys: readonly Record<string, string>[];
  attributes?: readonly string[];
}

/** DynamoDB's own limit. */
const KEYS_A_REQUEST = 100;

/** The items of these keys that exist, strongly consistent: one request for a hundred. */
export async function readBatch(
  what: string,
  client: DynamoDBClient,
  requests: Requests,
  { table, keys, attributes }: Batch,
): Promise<Item[]> {
  const found: Item[] = [];
  const only = attributes && {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
  for (let i = 0; i < keys.length; i += KEYS_A_REQUEST) {
    let asked = keys.slice(i, i + KEYS_A_REQUEST).map((key) => marshall(key));
    while (asked.length > 0) {
      const Keys = asked;
      asked = await requests.tried(what, async () => {
        const request = { Keys, ConsistentRead: true, ...only };
        const command = new BatchGetItemCommand({ RequestItems: { [table]: request } });
        const { Responses, UnprocessedKeys } = await client.send(command);
        const left = UnprocessedKeys?.[table]?.Keys ?? [];
        // The others did not fit into the answer; where all are left, DynamoDB throttles.
        if (left.length === Keys.length) throw new Unprocessed(left.length);
        found.push(...(Responses?.[table] ?? []));
        return left;
      });
    }
  }
  return found;
}

/** Nothing of a batch was answered. */
class Unprocessed extends Error {
  override readonly name = 'ThrottlingException';

  constructor(count: number) {
    super(`${count} keys of a batch were not processed`);
  }
}
