import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Note } from '../operations/note.ts';
import type { Swept } from '../run/expected.ts';
import type { Made } from '../run/made.ts';
import type { Run } from '../run/states.ts';
import type { Told } from '../run/told.ts';
import { attentionOf, NOTES, STILL_UNTOLD, UNTOLD, UNTOLD_AS_SEEN, WAITING } from './attention.ts';
import { type Batch, readBatch } from './batch.ts';
import { LOCK_IS_NEW, MEMORY_UNCHANGED, PAUSE_UNCHANGED } from './conditions.ts';
import type { Tables } from './dynamodb.ts';
import type { Lock, Pause } from './ledger.ts';
import { madeIn, REGISTRY } from './made-store.ts';
import { keyOf, NOTE_KEY, noteOf } from './note-row.ts';
import { Requests } from './requests.ts';
import { runOf } from './run-row.ts';
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
  /** When the last of them came to its end, ISO 8601; absent before the first has. */
  sweptAt?: string;
  told: Told;
  /** Milliseconds since 1970 until which a sweep is telling people of what it found. */
  tellingUntil?: number;
}

/** What a sweep leaves to the next one. */
export type Remembered = Omit<SweepMemory, 'version' | 'sweptAt' | 'told'> & {
  sweptAt: string;
  told?: Told;
};

/** A tick of a job, which is the key of its row. */
export type RowKey = Pick<Run, 'job' | 'tick'>;

/** Without it a sweep that was given up for dead would end the telling of the one after it. */
const TELLING_IS_MINE = '#tellingUntil = :mine';

/** The memory's key in the locks table. A job's name has no colon, so that no lock is called so. */
const KEY = 'sweeper:';

const NOTHING_TOLD: Told = { paused: {}, overdue: {} };

/**
 * What a sweep asks of the tables beyond the protocol: all locks at once, which ticks have a row, what
 * nobody was told of yet, and where the sweep before it came to. It decides about no run, so it is no
 * part of the `Ledger`, which the model check drives. Its methods throw `StoreError` as a ledger's do.
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
    const keys = names.map((lock) => ({ lock }));
    const items = await this.#read('readLocks', { table: this.#tables.locks, keys });
    const locks = items.map((item) => unmarshall(item) as Lock);
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
    const items = await this.#read('withoutRow', { table: this.#tables.runs, keys, attributes });
    const textOf = ({ job, tick }: RowKey) => `${job} ${tick}`;
    const found = new Set(items.map((item) => textOf(unmarshall(item) as RowKey)));
    return ticks.filter((key) => !found.has(textOf(key)));
  }

  #read(what: string, batch: Batch): Promise<Item[]> {
    return readBatch(what, this.#client, this.#requests, batch);
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

  async recall(): Promise<SweepMemory> {
    return memoryIn(await this.#requests.get('recall', this.#place()));
  }

  /** The same, and the schedules that were made at run time: one request. */
  async recallWithMade(): Promise<{ recalled: SweepMemory; made: Made[] }> {
    const keys = [{ lock: KEY }, { lock: REGISTRY }];
    const items = await this.#read('recall', { table: this.#tables.locks, keys });
    const itemOf = (key: string) => items.find(({ lock }) => lock?.S === key);
    return { recalled: memoryIn(itemOf(KEY)), made: madeIn(itemOf(REGISTRY)) };
  }

  /**
   * Replaces what was recalled; false where another sweep did so meanwhile.
   *
   * @param memory of all jobs and locks: one that is left out is forgotten. Without `told`, that and
   *   `tellingUntil` stay as they are: another sweep is at it.
   */
  async remember(
    { jobs, locks, sweptAt, told, tellingUntil }: Remembered,
    { version }: SweepMemory,
  ): Promise<boolean> {
    const update = new Update()
      .set('#version = :next', '#jobs = :jobs', '#locks = :locks', '#sweptAt = :sweptAt')
      .with({ ':next': version + 1, ':jobs': jobs, ':locks': locks, ':sweptAt': sweptAt });
    if (told) {
      update.set('#told = :told').with({ ':told': told });
      if (tellingUntil === undefined) update.remove('#tellingUntil');
      else update.set('#tellingUntil = :until').with({ ':until': tellingUntil });
    }
    if (version === 0) update.onlyIf(LOCK_IS_NEW);
    else update.onlyIf(MEMORY_UNCHANGED).with({ ':seen': version });
    return !(await this.#requests.update('remember', this.#place(), update)).refused;
  }

  /** The sweep that is telling until then has done so; what people know now. */
  async rememberTold(told: Told, tellingUntil: number): Promise<void> {
    const update = new Update()
      .set('#told = :told')
      .remove('#tellingUntil')
      .onlyIf(TELLING_IS_MINE)
      .with({ ':told': told, ':mine': tellingUntil });
    await this.#requests.update('rememberTold', this.#place(), update);
  }

  #place() {
    return { table: this.#tables.locks, key: { lock: KEY } };
  }
}

function memoryIn(item: Item | undefined): SweepMemory {
  if (!item) return { version: 0, jobs: {}, locks: [], told: NOTHING_TOLD };
  const { lock: _, told = NOTHING_TOLD, ...memory } = unmarshall(item);
  return { ...memory, told } as SweepMemory;
}
