import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Swept } from '../run/expected.ts';
import type { Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import { LOCK_IS_NEW, MEMORY_UNCHANGED } from './conditions.ts';
import type { Tables } from './dynamodb.ts';
import type { Lock } from './ledger.ts';
import { Requests } from './requests.ts';
import { runOf, WAITING } from './run-row.ts';
import type { Surroundings } from './tries.ts';
import { type Item, Update } from './update.ts';

/** What the sweeps remember. */
export interface SweepMemory {
  /** How often it was written; 0 before the first time. */
  version: number;
  /** How far they came, by job. */
  jobs: Record<string, Swept[]>;
  /** The locks that were looked at: of one that no job of the list takes any more nothing else knows. */
  locks: string[];
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
  readonly #requests: Requests;
  readonly #tables: Tables;

  /** @param client must not retry by itself (`maxAttempts: 1`), as a ledger's */
  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#client = client;
    this.#requests = new Requests(client, surroundings);
    this.#tables = tables;
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

  async #readLocks(keys: Item[]): Promise<Lock[]> {
    const { locks } = this.#tables;
    const found: Lock[] = [];
    let asked = keys;
    await this.#requests.tried('readLocks', async () => {
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
    const rows = await this.#query('withoutRow', {
      KeyConditionExpression: '#job = :job AND #tick BETWEEN :first AND :last',
      ProjectionExpression: '#tick',
      ExpressionAttributeNames: { '#job': 'job', '#tick': 'tick' },
      ExpressionAttributeValues: marshall({
        ':job': job,
        ':first': ticks[0],
        ':last': ticks.at(-1),
      }),
      // A replica behind by a moment would cost a write for each row it does not show.
      ConsistentRead: true,
    });
    const found = new Set(rows.map((item) => unmarshall(item).tick));
    return ticks.filter((tick) => !found.has(tick));
  }

  /**
   * The rows of all jobs that are not over, and whose next attempt was due by a time: one request
   * where there are none.
   *
   * @param due milliseconds since 1970
   */
  async waitingRows(due: number): Promise<Run[]> {
    const rows = await this.#query('waitingRows', {
      IndexName: 'attention',
      KeyConditionExpression: '#attention = :waiting',
      FilterExpression: '#retryAt <= :due',
      ExpressionAttributeNames: { '#attention': 'attention', '#retryAt': 'retryAt' },
      ExpressionAttributeValues: marshall({
        ':waiting': WAITING,
        ':due': new Date(due).toISOString(),
      }),
    });
    return rows.map(runOf);
  }

  async #query(what: string, input: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> {
    const rows: Item[] = [];
    let page: QueryCommandOutput | undefined;
    do {
      const ExclusiveStartKey = page?.LastEvaluatedKey;
      const command = new QueryCommand({
        TableName: this.#tables.runs,
        ...input,
        ExclusiveStartKey,
      });
      page = await this.#requests.tried(what, () => this.#client.send(command));
      rows.push(...(page.Items ?? []));
    } while (page.LastEvaluatedKey);
    return rows;
  }

  async recall(): Promise<SweepMemory> {
    const item = await this.#requests.get('recall', this.#place());
    if (!item) return { version: 0, jobs: {}, locks: [] };
    const { version, jobs, locks } = unmarshall(item);
    return { version, jobs, locks };
  }

  /**
   * Replaces what was recalled; false where another sweep did so meanwhile.
   *
   * @param memory of all jobs and locks: one that is left out is forgotten
   */
  async remember(
    { jobs, locks }: Pick<SweepMemory, 'jobs' | 'locks'>,
    { version }: SweepMemory,
  ): Promise<boolean> {
    const update = new Update()
      .set('#version = :next', '#jobs = :jobs', '#locks = :locks')
      .with({ ':next': version + 1, ':jobs': jobs, ':locks': locks });
    if (version === 0) update.onlyIf(LOCK_IS_NEW);
    else update.onlyIf(MEMORY_UNCHANGED).with({ ':seen': version });
    return !(await this.#requests.update('remember', this.#place(), update)).refused;
  }

  #place() {
    return { table: this.#tables.locks, key: { lock: KEY } };
  }
}

/** A part of a batch was put off, which is how DynamoDB throttles a batch. */
class Unprocessed extends Error {
  override readonly name = 'ThrottlingException';

  constructor(count: number) {
    super(`${count} keys of a batch were not processed`);
  }
}
