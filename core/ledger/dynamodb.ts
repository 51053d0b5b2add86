import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RETENTION_DAYS, type Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import {
  all,
  FENCE_UNCHANGED,
  HELD_BY_ME,
  LOCK_EXISTS,
  LOCK_IS_NEW,
  NEWER_THAN_WATERMARK,
  NO_HOLDER,
  NOT_PAUSED,
  ROW_IS_OLDER,
} from './conditions.ts';
import type { Claim, Grant, Ledger, Lock, Recorded, Release } from './ledger.ts';
import { type Surroundings, withTries } from './tries.ts';

export interface Tables {
  locks: string;
  runs: string;
}

/** A lock that nobody used this long belongs to a job that no longer exists. */
const LOCK_KEPT_DAYS = 90;

/** Every attribute of a row besides its key: what a write does not set, it removes. */
const ROW_ATTRIBUTES = [
  'status', 'reason', 'fence', 'token', 'attempt', 'trigger', 'startedAt', 'finishedAt', 'output',
  'error', 'requestId', 'instanceId', 'logGroup', 'logStream', 'expiresAt', 'attention',
] as const; // biome-ignore format: one line a group reads better

/**
 * The ledger on DynamoDB. Single-item writes and strongly consistent reads only: no transactions,
 * so that a write costs one unit and the protocol holds on a multi-Region strongly consistent
 * table too. A refused condition returns the item that refused it in the same answer
 * (ReturnValuesOnConditionCheckFailure), so that the common refusals need no read.
 *
 * The client must not retry by itself (`maxAttempts: 1`): `withTries` does, and says so in the log.
 */
export class DynamoLedger implements Ledger {
  readonly #client: DynamoDBClient;
  readonly #tables: Tables;
  readonly #surroundings: Surroundings;

  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#client = client;
    this.#tables = tables;
    this.#surroundings = surroundings;
  }

  acquire(claim: Claim): Promise<Grant> {
    return this.#claim('acquire', claim, {
      condition: all(LOCK_EXISTS, NOT_PAUSED, NO_HOLDER, NEWER_THAN_WATERMARK),
      set: '#watermarks.#job = :tick',
      names: { '#lock': 'lock', '#paused': 'paused' },
      values: { ':tick': claim.holder.tick },
    });
  }

  takeOver(claim: Claim, seen: Lock): Promise<Grant> {
    const watermark = seen.watermarks[claim.holder.job];
    const { tick } = claim.holder;
    return this.#claim('takeOver', claim, {
      condition: all(FENCE_UNCHANGED, NOT_PAUSED),
      // A watermark never falls: an older tick run late must not open the way for those between.
      set: '#watermarks.#job = :watermark',
      names: { '#paused': 'paused' },
      values: {
        ':seen': seen.fence,
        ':watermark': watermark && watermark > tick ? watermark : tick,
      },
    });
  }

  async create(claim: Claim): Promise<Grant> {
    const { holderKey, holder, now } = claim;
    const refused = await this.#update(
      'create',
      this.#tables.locks,
      { lock: claim.lock },
      {
        UpdateExpression:
          'SET #fence = :fence, #fences = :fences, #holders = :holders, #watermarks = :watermarks, ' +
          '#last = :none, #paused = :none, #failures = :none, #expiresAt = :expiresAt',
        ConditionExpression: LOCK_IS_NEW,
        ExpressionAttributeNames: names(
          'lock',
          'fence',
          'fences',
          'holders',
          'watermarks',
          'last',
          'paused',
          'failures',
          'expiresAt',
        ),
        ExpressionAttributeValues: values({
          // From the clock, so that a lock made anew never repeats a token of the one deleted before it.
          ':fence': now,
          ':fences': { [holderKey]: now },
          ':holders': { [holderKey]: holder },
          ':watermarks': { [holder.job]: holder.tick },
          ':none': {},
          ':expiresAt': seconds(now, LOCK_KEPT_DAYS),
        }),
      },
    );
    return 'refused' in refused
      ? { granted: false, ...lockOf(refused.item) }
      : { granted: true, fence: now };
  }

  async record(run: Run, now: number): Promise<Recorded> {
    const { job, tick, ...rest } = run;
    const row: Record<string, unknown> = {
      ...rest,
      // As text: DynamoDB's own numbers and nesting end sooner than JSON's (1e-300, 32 levels), and
      // a run whose work is done must not fail for its answer.
      ...(run.output !== undefined && { output: JSON.stringify(run.output) }),
      expiresAt: seconds(now, RETENTION_DAYS[run.status]),
      // The sparse index's key: a success leaves it out and pays for no index write.
      ...(run.status !== 'succeeded' && { attention: run.status }),
    };
    const set = ROW_ATTRIBUTES.filter((name) => row[name] !== undefined);
    const remove = ROW_ATTRIBUTES.filter((name) => row[name] === undefined);
    const answer = await this.#update(
      'record',
      this.#tables.runs,
      { job, tick },
      {
        UpdateExpression:
          `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}` +
          (remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : ''),
        ConditionExpression: ROW_IS_OLDER,
        ExpressionAttributeNames: names('tick', ...ROW_ATTRIBUTES),
        ExpressionAttributeValues: values({
          ...Object.fromEntries(set.map((name) => [`:${name}`, row[name]])),
          ':succeeded': 'succeeded',
        }),
      },
    );
    if (!('refused' in answer)) return { written: true };
    const found = answer.item ? runOf(answer.item) : await this.readRun(job, tick);
    return { written: false, ...(found && { run: found }) };
  }

  async release(release: Release): Promise<boolean> {
    const failed =
      release.status === 'succeeded' ? ':zero' : 'if_not_exists(#failures.#job, :zero) + :one';
    const answer = await this.#update(
      'release',
      this.#tables.locks,
      { lock: release.lock },
      {
        UpdateExpression:
          `SET #last.#job = :last, #failures.#job = ${failed}, #expiresAt = :expiresAt ` +
          'REMOVE #holders.#me, #fences.#me',
        ConditionExpression: HELD_BY_ME,
        ExpressionAttributeNames: {
          ...names('last', 'failures', 'expiresAt', 'holders', 'fences', 'token'),
          '#job': release.job,
          '#me': release.holderKey,
        },
        ExpressionAttributeValues: values({
          ':last': { tick: release.tick, status: release.status, attempt: release.attempt },
          ':zero': 0,
          ...(release.status !== 'succeeded' && { ':one': 1 }),
          ':expiresAt': seconds(release.now, LOCK_KEPT_DAYS),
          ':token': release.token,
        }),
      },
    );
    return !('refused' in answer);
  }

  async readLock(lock: string): Promise<Lock | undefined> {
    const item = await this.#get('readLock', this.#tables.locks, { lock });
    return lockOf(item).lock;
  }

  async readRun(job: string, tick: Tick): Promise<Run | undefined> {
    const item = await this.#get('readRun', this.#tables.runs, { job, tick });
    return item && runOf(item);
  }

  /** Holder, fence and watermark in one write: a claim is never half made. */
  async #claim(
    what: string,
    { lock, holderKey, holder, now }: Claim,
    how: {
      condition: string;
      set: string;
      names: Record<string, string>;
      values: Record<string, unknown>;
    },
  ): Promise<Grant> {
    const answer = await this.#update(
      what,
      this.#tables.locks,
      { lock },
      {
        UpdateExpression: `SET #holders.#me = :holder, #fence = #fence + :one, #fences.#me = #fence + :one, ${how.set}, #expiresAt = :expiresAt`,
        ConditionExpression: how.condition,
        ExpressionAttributeNames: {
          ...names('holders', 'fence', 'fences', 'watermarks', 'expiresAt'),
          ...how.names,
          '#me': holderKey,
          '#job': holder.job,
        },
        ExpressionAttributeValues: values({
          ...how.values,
          ':holder': holder,
          ':one': 1,
          ':expiresAt': seconds(now, LOCK_KEPT_DAYS),
        }),
        ReturnValues: 'UPDATED_NEW',
      },
    );
    if ('refused' in answer) return { granted: false, ...lockOf(answer.item) };
    return { granted: true, fence: Number(answer.updated?.fence?.N) };
  }

  async #update(
    what: string,
    table: string,
    key: Record<string, string>,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<{ updated?: Item } | { refused: true; item?: Item }> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: values(key),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...input,
    });
    try {
      const { Attributes } = await withTries(
        what,
        () => this.#client.send(command),
        this.#surroundings,
      );
      return { updated: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { refused: true, item: error.Item };
      throw error;
    }
  }

  async #get(what: string, table: string, key: Record<string, string>): Promise<Item | undefined> {
    const command = new GetItemCommand({
      TableName: table,
      Key: values(key),
      ConsistentRead: true,
    });
    const { Item } = await withTries(what, () => this.#client.send(command), this.#surroundings);
    return Item;
  }
}

type Item = Record<string, AttributeValue>;

function names(...attributes: string[]): Record<string, string> {
  return Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
}

function values(plain: Record<string, unknown>): Item {
  return marshall(plain, { removeUndefinedValues: true });
}

/** DynamoDB's TTL counts in seconds. It deletes days late, so no decision ever rests on it. */
function seconds(now: number, days: number): number {
  return Math.floor(now / 1000) + days * 24 * 3600;
}

function lockOf(item: Item | undefined): { lock?: Lock } {
  return item ? { lock: unmarshall(item) as Lock } : {};
}

function runOf(item: Item): Run {
  const { expiresAt, attention, output, ...run } = unmarshall(item);
  return { ...run, ...(output !== undefined && { output: JSON.parse(output) }) } as Run;
}
