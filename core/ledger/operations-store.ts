import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Note } from '../operations/note.ts';
import { RETENTION_DAYS, type Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import { NOTES, ROW_AS_SEEN, UNTOLD } from './attention.ts';
import { readBatch } from './batch.ts';
import type { Tables } from './dynamodb.ts';
import type { Lock, Pause } from './ledger.ts';
import { creating, pausingByHand, resettingFailures, resumingByHand } from './lock-updates.ts';
import { keyOf, NOTE_KEY, noteOf } from './note-row.ts';
import { Requests } from './requests.ts';
import { runOf } from './run-row.ts';
import { SweepStore } from './sweep-store.ts';
import type { Surroundings } from './tries.ts';
import { expiry, Update } from './update.ts';

/** Likewise, of the ticks that people have asked for. */
const ASKED_KEY = 'asked:';

/** All of a row but what may be 400 KB. */
const WITHOUT_OUTPUT = [
  'job', 'tick', 'status', 'reason', 'fence', 'token', 'attempt', 'trigger', 'startedAt', 'finishedAt',
  'error', 'retryAt', 'earlier', 'requestId', 'instanceId', 'logGroup', 'logStream',
] as const; // biome-ignore format: one line a group reads better

/** What of a row says which it is, and what became of it. */
const GIST = [
  'job', 'tick', 'status', 'reason', 'fence', 'token', 'attempt', 'trigger', 'retryAt',
  'finishedAt',
] as const; // biome-ignore format: one line a group reads better

export type Gist = Pick<Run, (typeof GIST)[number]>;

/**
 * What people ask of the tables, through the console, the health report or the command line. It claims
 * nothing and closes no run, so it is no part of the `Ledger`, which the model check drives. Its methods
 * throw `StoreError` as a ledger's do.
 */
export class OperationsStore {
  readonly #client: DynamoDBClient;
  readonly #requests: Requests;
  readonly #sweeps: SweepStore;
  readonly #tables: Tables;

  /** @param client must not retry by itself (`maxAttempts: 1`), as a ledger's */
  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#client = client;
    this.#requests = new Requests(client, surroundings);
    this.#sweeps = new SweepStore(client, tables, surroundings);
    this.#tables = tables;
  }

  /** The locks that exist, by name: one request for a hundred. */
  readLocks(names: readonly string[]): Promise<Map<string, Lock>> {
    return this.#sweeps.readLocks(names);
  }

  /** When the sweeper last came to its end, ISO 8601; `undefined` where it never did. */
  lastSweep(): Promise<string | undefined> {
    return this.#sweeps.lastSweep();
  }

  /**
   * Those of some rows that exist, without their outputs: one request for a hundred.
   *
   * @param keys without duplicates
   */
  async readRows(keys: readonly Pick<Run, 'job' | 'tick'>[]): Promise<Run[]> {
    const batch = { table: this.#tables.runs, keys, attributes: WITHOUT_OUTPUT };
    return readBatch('readRows', this.#client, this.#requests, batch, runOf);
  }

  /**
   * A job's newest runs first, without their outputs.
   *
   * @param atLeast so many, where there are
   * @param since and all whose tick is not older; ISO 8601
   */
  async recentRuns(job: string, atLeast: number, since: string): Promise<Run[]> {
    const runs: Run[] = [];
    let page: QueryCommandOutput | undefined;
    do {
      page = await this.#query('recentRuns', {
        KeyConditionExpression: '#job = :job',
        ExpressionAttributeValues: marshall({ ':job': job }),
        ...projected(WITHOUT_OUTPUT),
        ScanIndexForward: false,
        // A page of what the day of a job that runs every five minutes has.
        Limit: page ? 300 : Math.max(atLeast, 50),
        ExclusiveStartKey: page?.LastEvaluatedKey,
      });
      runs.push(...(page.Items ?? []).map(runOf));
    } while (
      page.LastEvaluatedKey &&
      (runs.length < atLeast || (runs.at(-1)?.tick ?? '') >= since)
    );
    return runs.filter(({ tick }, i) => i < atLeast || tick >= since);
  }

  /**
   * A job's rows of a time, oldest first, page by page, strongly consistent.
   *
   * @param from ISO 8601; the first tick is not before it
   * @param to ISO 8601; the last tick is before it
   */
  async *rowsBetween(job: string, from: string, to: string): AsyncGenerator<Gist[]> {
    let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
    do {
      const page: QueryCommandOutput = await this.#query('rowsBetween', {
        // The last of a minute has seconds, and sorts before the minute itself.
        KeyConditionExpression: '#job = :job AND #tick BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':job': job, ':from': from, ':to': to }),
        ...projected(GIST),
        ConsistentRead: true,
        ExclusiveStartKey,
      });
      yield (page.Items ?? []).map((item) => runOf(item)).filter(({ tick }) => tick < to);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  /** Deletes a row that is as it was seen; false where it is not, or nobody was told of its news yet. */
  deleteRow({ job, tick, token, fence }: Gist): Promise<boolean> {
    const only = new Update()
      .onlyIf(ROW_AS_SEEN)
      .with({ ':token': token, ':fence': fence, ':untold': UNTOLD });
    return this.#requests.delete(
      'deleteRow',
      { table: this.#tables.runs, key: { job, tick } },
      only,
    );
  }

  /**
   * The newest rows under a key of the sparse index; see `attention.ts`. Notes among them are left out.
   *
   * @param since their ticks are not older; ISO 8601
   */
  async attention(key: string, since: string, limit: number): Promise<Run[]> {
    const { Items = [] } = await this.#query('attention', {
      IndexName: 'attention',
      KeyConditionExpression: '#attention = :key AND #tick >= :since',
      ExpressionAttributeValues: marshall({ ':key': key, ':since': since }),
      ...projected(WITHOUT_OUTPUT, { '#attention': 'attention' }),
      ScanIndexForward: false,
      Limit: limit,
    });
    return Items.map(runOf).filter(({ job }) => !job.startsWith(NOTE_KEY));
  }

  /** What people did to any job, newest first. */
  notes(limit: number): Promise<Note[]> {
    return this.#notes({
      IndexName: 'attention',
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': 'attention' },
      ExpressionAttributeValues: marshall({ ':key': NOTES }),
      Limit: limit,
    });
  }

  /** What people did to one job, newest first; strongly consistent. */
  notesOf(job: string, limit: number): Promise<Note[]> {
    return this.#notes({
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': 'job' },
      ExpressionAttributeValues: marshall({ ':key': NOTE_KEY + job }),
      ConsistentRead: true,
      Limit: limit,
    });
  }

  async #notes(input: Omit<QueryCommandInput, 'TableName'>): Promise<Note[]> {
    const { Items = [] } = await this.#query('notes', { ...input, ScanIndexForward: false });
    return Items.map(noteOf);
  }

  /** Keeps a note as long as a failure. Written twice, it is one. */
  async addNote(note: Note): Promise<void> {
    const { job: _, tick, at, id: __, ...rest } = note;
    const attributes: Record<string, unknown> = {
      ...rest,
      ...(tick !== undefined && { about: tick }),
      attention: note.what === 'dead_letter' ? UNTOLD : NOTES,
      expiresAt: expiry(Date.parse(at), RETENTION_DAYS.failed),
    };
    const update = new Update();
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) update.set(`#${name} = :${name}`).with({ [`:${name}`]: value });
    }
    const place = { table: this.#tables.runs, key: keyOf(note) };
    await this.#requests.update('addNote', place, update);
  }

  /**
   * Takes a tick for a run by hand: of two who ask in one second one would be a duplicate of the other.
   *
   * @param token tells a second sending of this request from somebody else
   * @returns false where it is somebody's
   */
  async reserve(job: string, tick: Tick, token: string, now: number): Promise<boolean> {
    const update = new Update()
      .set('#token = :token', '#expiresAt = :expiresAt')
      .onlyIf('attribute_not_exists(#tick)')
      .with({ ':token': token, ':expiresAt': expiry(now, 1) });
    const place = { table: this.#tables.runs, key: { job: ASKED_KEY + job, tick } };
    const { refused, item } = await this.#requests.update('reserve', place, update);
    if (!refused) return true;
    const taken = item ?? (await this.#requests.get('reserve', place));
    return taken?.token?.S === token;
  }

  /**
   * Pauses a job for a person; in the breaker's place where that has paused it.
   *
   * @returns the pause that is then in force: another one where a person was faster
   */
  async pause(lock: string, job: string, pause: Pause, now: number): Promise<Pause> {
    const place = this.#lock(lock);
    const update = pausingByHand(job, pause);
    let answer = await this.#requests.update('pause', place, update);
    if (answer.refused && !(answer.item ?? (await this.#requests.get('pause', place)))) {
      // A job that never ran has no lock yet.
      await this.#requests.update('pause', place, creating({}, now));
      answer = await this.#requests.update('pause', place, update);
    }
    if (!answer.refused) return pause;
    const item = answer.item ?? (await this.#requests.get('pause', place));
    return (item && (unmarshall(item) as Lock).paused[job]) ?? pause;
  }

  /** Ends the pause that was seen, and forgets the failures that led to it; false where it is gone. */
  async resume(lock: string, job: string, seen: Pause): Promise<boolean> {
    const update = resumingByHand(job, seen);
    return !(await this.#requests.update('resume', this.#lock(lock), update)).refused;
  }

  async resetFailures(lock: string, job: string): Promise<void> {
    await this.#requests.update('resetFailures', this.#lock(lock), resettingFailures(job));
  }

  async #query(
    what: string,
    input: Omit<QueryCommandInput, 'TableName'>,
  ): Promise<QueryCommandOutput> {
    const command = new QueryCommand({ TableName: this.#tables.runs, ...input });
    return this.#requests.tried(what, () => this.#client.send(command));
  }

  #lock(lock: string) {
    return { table: this.#tables.locks, key: { lock } };
  }
}

function projected(names: readonly string[], more: Record<string, string> = {}) {
  return {
    ProjectionExpression: names.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: {
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ...more,
    },
  };
}
