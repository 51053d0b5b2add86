import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
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

/** So that the common refusals need no read. */
const TELL_WHY = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

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
      ...TELL_WHY,
    });
    return this.#write(what, async () => (await this.#client.send(command)).Attributes);
  }

  /**
   * Replaces an item whole, or makes it, where a condition holds.
   *
   * @param attributes those besides its key
   * @param only an update of which only its conditions count
   */
  async put(
    what: string,
    { table, key }: Place,
    attributes: Record<string, unknown>,
    only: Update,
  ): Promise<Updated> {
    const command = new PutItemCommand({
      TableName: table,
      Item: marshall({ ...attributes, ...key }, { removeUndefinedValues: true }),
      ...only.condition(),
      ...TELL_WHY,
    });
    return this.#write(what, async () => void (await this.#client.send(command)));
  }

  /**
   * Deletes an item where a condition holds.
   *
   * @param only an update of which only its conditions count
   * @returns whether it did
   */
  async delete(what: string, { table, key }: Place, only: Update): Promise<boolean> {
    const command = new DeleteItemCommand({
      TableName: table,
      Key: marshall(key),
      ...only.condition(),
    });
    return !(await this.#write(what, async () => void (await this.#client.send(command)))).refused;
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

  async #write(what: string, send: () => Promise<Item | undefined>): Promise<Updated> {
    try {
      return { refused: false, item: await this.tried(what, send) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { refused: true, item: error.Item };
      throw error;
    }
  }

  /** Any other request of the same client. */
  tried<T>(what: string, send: () => Promise<T>): Promise<T> {
    return withTries(what, send, this.#surroundings);
  }
}
