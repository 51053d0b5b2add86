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

/** How many requests are under way at once: ten thousand locks one after the other would take a second. */
const AT_ONCE = 8;

/**
 * The items of these keys that exist, strongly consistent: one request for a hundred.
 *
 * @param of makes of each what is kept of it: as DynamoDB writes them, ten thousand take half the sweeper's memory
 */
export async function readBatch<T>(
  what: string,
  client: DynamoDBClient,
  requests: Requests,
  { table, keys, attributes }: Batch,
  of: (item: Item) => T,
): Promise<T[]> {
  const found: T[] = [];
  const only = attributes && {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
  const read = async (start: number) => {
    let asked = keys.slice(start, start + KEYS_A_REQUEST).map((key) => marshall(key));
    while (asked.length > 0) {
      const Keys = asked;
      asked = await requests.tried(what, async () => {
        const request = { Keys, ConsistentRead: true, ...only };
        const command = new BatchGetItemCommand({ RequestItems: { [table]: request } });
        const { Responses, UnprocessedKeys } = await client.send(command);
        const left = UnprocessedKeys?.[table]?.Keys ?? [];
        // The others did not fit into the answer; where all are left, DynamoDB throttles.
        if (left.length === Keys.length) throw new Unprocessed(left.length);
        found.push(...(Responses?.[table] ?? []).map(of));
        return left;
      });
    }
  };
  const starts = keys.flatMap((_, i) => (i % KEYS_A_REQUEST === 0 ? [i] : []));
  for (let i = 0; i < starts.length; i += AT_ONCE)
    await Promise.all(starts.slice(i, i + AT_ONCE).map(read));
  return found;
}

/** Nothing of a batch was answered. */
class Unprocessed extends Error {
  override readonly name = 'ThrottlingException';

  constructor(count: number) {
    super(`${count} keys of a batch were not processed`);
  }
}
