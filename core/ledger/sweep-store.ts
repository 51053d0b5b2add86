import {
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
import { type Surroundings, withTries } from './tries.ts';

/** What the sweeps remember. */
export interface SweepMemory {
  /** How often it was written; 0 before the first time. */
  version: number;
  /** How far they came, by job. */
  jobs: Record<string, Swept>;
}

/** The memory's key in the locks table. A job's name has no colon, so that no lock is called so. */
const KEY = 'sweeper:';

/**
 * What a sweep asks of the tables beyond the protocol: which ticks have a row, and where the sweep
 * before it came to. It decides about no run, so it is no part of the `Ledger`, which the model
 * check drives. Every method is one request, and throws `StoreError` as a ledger's do.
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
