import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Note } from '../operations/note.ts';
import type { Made } from '../run/made.ts';
import type { Run } from '../run/states.ts';
import type { Told } from '../run/told.ts';
import { attentionOf, NOTES, STILL_UNTOLD, UNTOLD, UNTOLD_AS_SEEN, WAITING } from './attention.ts';
import { type Batch, readBatch } from './batch.ts';
import { PAUSE_UNCHANGED } from './conditions.ts';
import type { Tables } from './dynamodb.ts';
import type { Lock, Pause } from './ledger.ts';
import { keyOf, NOTE_KEY, noteOf } from './note-row.ts';
import { Requests } from './requests.ts';
import { runOf } from './run-row.ts';
import { type Remembered, SweepMemories, type SweepMemory } from './sweep-memory.ts';
import type { Surroundings } from './tries.ts';
import { type Item, Update } from './update.ts';

/** A tick of a job, which is the key of its row. */
export type RowKey = Pick<Run, 'job' | 'tick'>;

/**
 * What a sweep asks of the tables beyond the protocol: all locks at once, which ticks have a row, what
 * nobody was told of yet, and where the sweep before it came to. It decides about no run, so it is no
 * part of the `Ledger`, which the model check drives. Its methods throw `StoreError` as a ledger's do.
 */
export class SweepStore {
  readonly #client: DynamoDBClient;
  readonly #requests: Requests;
  readonly #tables: Tables;
  readonly #memories: SweepMemories;

  /** @param client must not retry by itself (`maxAttempts: 1`), as a ledger's */
  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#client = client;
    this.#requests = new Requests(client, surroundings);
    this.#tables = tables;
    this.#memories = new SweepMemories(client, this.#requests, tables.locks);
  }

  /**
   * The locks that exist, by name: one request for a hundred.
   *
   * @param names without duplicates
   */
  async readLocks(names: readonly string[]): Promise<Map<string, Lock>> {
    const keys = names.map((lock) => ({ lock }));
    const batch = { table: this.#tables.locks, keys };
    const locks = await this.#read('readLocks', batch, (item) => unmarshall(item) as Lock);
    return new Map(locks.map((lock) => [lock.lock, lock]));
  }

  /**
   * Those of some ticks that have no row: one request for a hundred.
   *
   * @param ticks without duplicates
   */
  async withoutRow(ticks: readonly RowKey[]): Promise<RowKey[]> {
    const keys = ticks.map(({ job, tick }) => ({ job, tick }));
    const attributes = ['job', 'tick'];
    const textOf = ({ job, tick }: RowKey) => `${job} ${tick}`;
    const batch = { table: this.#tables.runs, keys, attributes };
    const found = new Set(
      await this.#read('withoutRow', batch, (item) => textOf(unmarshall(item) as RowKey)),
    );
    return ticks.filter((key) => !found.has(textOf(key)));
  }

  #read<T>(what: string, batch: Batch, of: (item: Item) => T): Promise<T[]> {
    return readBatch(what, this.#client, this.#requests, batch, of);
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

  /** The rows and notes that nobody was told of yet: one request where there are none. */
  async untold(): Promise<{ rows: Run[]; notes: Note[] }> {
    const items = await this.#query('untold', {
      IndexName: 'attention',
      KeyConditionExpression: '#attention = :untold',
      ExpressionAttributeNames: { '#attention': 'attention' },
      ExpressionAttributeValues: marshall({ ':untold': UNTOLD }),
    });
    const isNote = ({ job }: Item) => job?.S?.startsWith(NOTE_KEY) === true;
    return {
      rows: items.filter((item) => !isNote(item)).map(runOf),
      notes: items.filter(isNote).map(noteOf),
    };
  }

  /** People were told of what this row says, unless it says something else by now. */
  async toldOf(row: Run): Promise<void> {
    const { job, tick, token, fence } = row;
    const update = new Update()
      .onlyIf(UNTOLD_AS_SEEN)
      .with({ ':untold': UNTOLD, ':token': token, ':fence': fence });
    const attention = attentionOf(row);
    if (attention === undefined) update.remove('#attention');
    else update.set('#attention = :now').with({ ':now': attention });
    await this.#requests.update('toldOf', { table: this.#tables.runs, key: { job, tick } }, update);
  }

  async toldOfNote(note: Note): Promise<void> {
    const update = new Update()
      .set('#attention = :now')
      .onlyIf(STILL_UNTOLD)
      .with({ ':untold': UNTOLD, ':now': NOTES });
    const place = { table: this.#tables.runs, key: keyOf(note) };
    await this.#requests.update('toldOf', place, update);
  }

  /**
   * Takes the time to live from a lock in which a job is paused: a run that was under way has set it
   * again, and nothing claims the lock while the pause lasts.
   */
  async keep(lock: string, job: string): Promise<void> {
    const update = new Update()
      .remove('#expiresAt')
      .onlyIf('attribute_exists(#paused.#job)')
      .named({ '#job': job });
    await this.#requests.update('keep', { table: this.#tables.locks, key: { lock } }, update);
  }

  /** Ends a pause whose time is over; false where it is not in force any more. */
  async endPause(lock: string, job: string, { since }: Pause): Promise<boolean> {
    const update = new Update()
      .remove('#paused.#job')
      .onlyIf(PAUSE_UNCHANGED)
      .named({ '#job': job })
      .with({ ':since': since });
    const place = { table: this.#tables.locks, key: { lock } };
    return !(await this.#requests.update('endPause', place, update)).refused;
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

  recall(): Promise<{ recalled: SweepMemory; made: Made[] }> {
    return this.#memories.recall();
  }

  lastSweep(): Promise<string | undefined> {
    return this.#memories.lastSweep();
  }

  remember(remembered: Remembered, recalled: SweepMemory): Promise<boolean> {
    return this.#memories.remember(remembered, recalled);
  }

  rememberTold(told: Told, tellingUntil: number): Promise<void> {
    return this.#memories.rememberTold(told, tellingUntil);
  }
}
