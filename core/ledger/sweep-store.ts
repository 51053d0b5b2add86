import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Swept } from '../run/expected.ts';
import type { Tick } from '../run/tick.ts';
import { LOCK_IS_NEW, MEMORY_UNCHANGED } from './conditions.ts';
import type { Tables } from './dynamodb.ts';
import type { Lock } from './ledger.ts';
import { type Surroundings, withTries } from './tries.ts';

/** What the sweeps remember. */
export interface SweepMemory {
  /** How often it was written; 0 before the first time. */
  version: number;
  /** How far they came, by job. */
  jobs: Record<string, Swept[]>;
}

/** The memory's key in the locks table. A job's name has no colon, so that no lock is called so. */
const KEY = 'sweeper:';

/** DynamoDB's own limit. */
const KEYS_A_REQUEST = 100;

/**
 * What a sweep asks of the tables beyond the protocol: all locks at once, which ticks have a row, and
 * where the sweep before it came to. It decides about no run, so it is no part of the `Ledger`, which
 * the model check drives. Its methods throw `StoreError` as a ledger's do.
 */
export class SweepStore {
  readonly #client: DynamoDBClient;
  readonly #tables: Tables;
  readonly #surroundings: Surroundings;

  /** @param client must not retry by itself (`maxAttempts: 1`), as a ledger's */
  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#client = client;
    this.#tables = tables;
    this.#surroundings = surroundings;
  }

  /**
   * The locks that exist, by name: one request for a hundred.
   *
   * @param names without duplicates
   */
  async readLocks(names: readonly string[]): Promise<Map<string, Lock>> {
    const found = new Map<string, Lock>();
    for (let i = 0; i < names.length; i += KEYS_A_REQUEST) {
      const keys = names.slice(i, i + KEYS_A_REQUEST).map((lock) => marshall({ lock }));
      for (const lock of await this.#readLocks(keys)) found.set(lock.lock, lock);
    }
    return found;
  }

  async #readLocks(keys: Key[]): Promise<Lock[]> {
    const { locks } = this.#tables;
    const found: Lock[] = [];
    let asked = keys;
    await this.#tried('readLocks', async () => {
      const command = new BatchGetItemCommand({
        RequestItems: { [locks]: { Keys: asked, ConsistentRead: true } },
      });
      const { Responses, UnprocessedKeys } = await this.#client.send(command);
      found.push(...(Responses?.[locks] ?? []).map((item) => unmarshall(item) as Lock));
      asked = UnprocessedKeys?.[locks]?.Keys ?? [];
      if (asked.length > 0) throw new Unprocessed(asked.length);
    });
    return found;
  }

  /**
   * Those of a job's ticks that have no row: one request, and one more for every megabyte of rows.
   *
   * @param ticks at least one, in order
   */
  async withoutRow(job: string, ticks: readonly Tick[]): Promise<Tick[]> {
    const between = { ':job': job, ':first': ticks[0], ':last': ticks.at(-1) };
    const rows = new Set<Tick>();
    let page: QueryCommandOutput | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#tables.runs,
        KeyConditionExpression: '#job = :job AND #tick BETWEEN :first AND :last',
        ProjectionExpression: '#tick',
        ExpressionAttributeNames: { '#job': 'job', '#tick': 'tick' },
        ExpressionAttributeValues: marshall(between),
        // A replica behind by a moment would cost a write for each row it does not show.
        ConsistentRead: true,
        ExclusiveStartKey: page?.LastEvaluatedKey,
      });
      page = await this.#tried('withoutRow', () => this.#client.send(command));
      for (const item of page.Items ?? []) rows.add(unmarshall(item).tick);
    } while (page.LastEvaluatedKey);
    return ticks.filter((tick) => !rows.has(tick));
  }

  async recall(): Promise<SweepMemory> {
    const command = new GetItemCommand({
      TableName: this.#tables.locks,
      Key: marshall({ lock: KEY }),
      ConsistentRead: true,
    });
    const { Item } = await this.#tried('recall', () => this.#client.send(command));
    if (!Item) return { version: 0, jobs: {} };
    const { version, jobs } = unmarshall(Item);
    return { version, jobs };
  }

  /**
   * Replaces what was recalled; false where another sweep did so meanwhile.
   *
   * @param jobs all of them: one that is left out is forgotten
   */
  async remember(jobs: SweepMemory['jobs'], recalled: SweepMemory): Promise<boolean> {
    const isFirst = recalled.version === 0;
    const command = new UpdateItemCommand({
      TableName: this.#tables.locks,
      Key: marshall({ lock: KEY }),
      UpdateExpression: 'SET #version = :next, #jobs = :jobs',
      ConditionExpression: isFirst ? LOCK_IS_NEW : MEMORY_UNCHANGED,
      ExpressionAttributeNames: {
        '#version': 'version',
        '#jobs': 'jobs',
        ...(isFirst && { '#lock': 'lock' }),
      },
      ExpressionAttributeValues: marshall({
        ':next': recalled.version + 1,
        ':jobs': jobs,
        ...(!isFirst && { ':seen': recalled.version }),
      }),
    });
    try {
      await this.#tried('remember', () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #tried<T>(what: string, send: () => Promise<T>): Promise<T> {
    return withTries(what, send, this.#surroundings);
  }
}

type Key = Record<string, AttributeValue>;

/** A part of a batch was put off, which is how DynamoDB throttles a batch. */
class Unprocessed extends Error {
  override readonly name = 'ThrottlingException';

  constructor(count: number) {
    super(`${count} keys of a batch were not processed`);
  }
}
