import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type ReturnValue,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Surroundings, withTries } from './tries.ts';
import type { Item, Update } from './update.ts';

/** The key of one item, and its table. */
export interface Place {
  table: string;
  key: Record<string, string>;
}

export type Updated =
  | { refused: false; item?: Item }
  /** `item` is the one whose state refused; absent where there is none, or the store does not return it. */
  | { refused: true; item?: Item };

/**
 * Requests on single items, each tried again where the store gives no answer.
 *
 * The client must not retry by itself (`maxAttempts: 1`): `withTries` does, and says so in the log.
 */
export class Requests {
  readonly #client: DynamoDBClient;
  readonly #surroundings: Surroundings;

  constructor(client: DynamoDBClient, surroundings: Surroundings) {
    this.#client = client;
    this.#surroundings = surroundings;
  }

  /**
   * @param what for the log
   * @param answer what of the item comes back where the update was done
   */
  async update(
    what: string,
    { table, key }: Place,
    update: Update,
    answer: ReturnValue = 'NONE',
  ): Promise<Updated> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: marshall(key),
      ...update.expressions(),
      ReturnValues: answer,
      // So that the common refusals need no read.
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await this.tried(what, () => this.#client.send(command));
      return { refused: false, item: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { refused: true, item: error.Item };
      throw error;
    }
  }

  /**
   * Deletes an item where a condition holds.
   *
   * @param only an update of which only its conditions count
   * @returns whether it did
   */
  async delete(what: string, { table, key }: Place, only: Update): Promise<boolean> {
    const { UpdateExpression: _, ...condition } = only.expressions();
    const command = new DeleteItemCommand({ TableName: table, Key: marshall(key), ...condition });
    try {
      await this.tried(what, () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async get(what: string, { table, key }: Place): Promise<Item | undefined> {
    const command = new GetItemCommand({
      TableName: table,
      Key: marshall(key),
      ConsistentRead: true,
    });
    const { Item } = await this.tried(what, () => this.#client.send(command));
    return Item;
  }

  /** Any other request of the same client. */
  tried<T>(what: string, send: () => Promise<T>): Promise<T> {
    return withTries(what, send, this.#surroundings);
  }
}
