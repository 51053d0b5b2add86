import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { DynamoLedger } from '../core/ledger/dynamodb.ts';
import { runTick } from '../core/run/flow.ts';
import { limitsOf } from '../core/run/limits.ts';
import { tickOf } from '../core/run/tick.ts';
import { MINUTE } from '../core/schedule/duration.ts';
import { resolveJob } from '../core/schedule/resolve.ts';
import { ledgerClient } from '../functions/runtime/ledger.ts';
import type { BenchStore } from './store.ts';

type Run = () => Promise<unknown>;

/** One way to have a tick run once. */
export interface Way {
  name: string;
  /** Of its own; absent where it asks no store. */
  client?: DynamoDBClient;
  /** Runs the next tick. */
  run: Run;
}

export const YARDSTICK = 'Powertools idempotency';

/** Milliseconds that Lambda gives each run. */
const TIMEOUT = 5 * MINUTE;
const JOB = 'report';

/** What each of them runs. */
const code = async () => ({ done: true });

/** The least that they promise first. */
export function waysOn(store: BenchStore): Way[] {
  const ways: Record<string, (store: BenchStore, client: DynamoDBClient) => Run> = {
    [YARDSTICK]: (store, client) => idempotency(store, client),
    "dynamodb-lock-client's requests": lease,
    'lock, idempotency and history': threeParts,
    'three writes that check nothing': (store, client) => unchecked(store, client, inSequence),
    'the last two of them at once': (store, client) => unchecked(store, client, atOnce),
    Punctual: punctual,
  };
  return [
    { name: 'the bare function', run: code },
    ...Object.entries(ways).map(([name, way]): Way => {
      const client = way === punctual ? ledgerClient(undefined, store.reached) : store.client();
      return { name, client, run: way(store, client) };
    }),
  ];
}

/** Each its own minutes: no tick comes twice. */
function* ticks(): Generator<string, never> {
  for (let time = Date.UTC(2026, 0, 1); ; time += MINUTE) yield tickOf(time);
}

/** @param prefix of its keys, where a table is used by two */
function idempotency({ others }: BenchStore, client: DynamoDBClient, prefix = ''): Run {
  // It refuses to be made outside Lambda.
  process.env.AWS_LAMBDA_FUNCTION_NAME ??= 'bench';
  const run = makeIdempotent(code, {
    persistenceStore: new DynamoDBPersistenceLayer({
      tableName: others.idempotency,
      awsSdkV3Client: client,
    }),
    ...(prefix && { keyPrefix: prefix }),
    config: new IdempotencyConfig({
      lambdaContext: { getRemainingTimeInMillis: () => TIMEOUT } as Context,
    }),
  });
  const next = ticks();
  return () => (run as (tick: string) => Promise<unknown>)(next.next().value);
}

/**
 * What dynamodb-lock-client 0.7.3 asks for a lock with a lease (`FailOpen`), restated: the package
 * itself wants version 2 of the SDK, which is out of support.
 */
function lease({ others }: BenchStore, client: DynamoDBClient): Run {
  const document = DynamoDBDocument.from(client);
  return () => holding(document, others.leases, code);
}

async function holding(document: DynamoDBDocument, table: string, work: Run): Promise<unknown> {
  const guid = randomUUID();
  const { Item: seen } = await document.get({
    TableName: table,
    Key: { id: JOB },
    ConsistentRead: true,
  });
  const lock = { id: JOB, owner: 'bench', guid, fencingToken: (seen?.fencingToken ?? 0) + 1 };
  const put = (leaseDurationMs: number, condition: string, values?: Record<string, unknown>) =>
    document.put({
      TableName: table,
      Item: { ...lock, leaseDurationMs, lockAcquiredTimeUnixMs: Date.now() },
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
    });
  await (seen
    ? put(TIMEOUT, 'attribute_not_exists(id) or (guid = :guid and fencingToken = :fencingToken)', {
        ':guid': seen.guid,
        ':fencingToken': seen.fencingToken,
      })
    : put(TIMEOUT, 'attribute_not_exists(id)'));
  const output = await work();
  await put(1, 'attribute_exists(id) and guid = :guid', { ':guid': guid });
  return output;
}

/** What one puts together who misses Punctual: alone by a lock, once by idempotency, a row for the record. */
function threeParts(store: BenchStore, client: DynamoDBClient): Run {
  const document = DynamoDBDocument.from(client);
  const once = idempotency(store, client, 'once');
  const next = ticks();
  return () =>
    holding(document, store.others.leases, async () => {
      const startedAt = new Date().toISOString();
      const output = await once();
      const finishedAt = new Date().toISOString();
      const row = { id: `${JOB} ${next.next().value}`, status: 'succeeded', startedAt, finishedAt };
      await document.put({ TableName: store.others.history, Item: { ...row, output } });
    });
}

type Write = () => Promise<unknown>;

const inSequence = async (record: Write, release: Write) => {
  await record();
  await release();
};
const atOnce = (record: Write, release: Write) => Promise.all([record(), release()]);

/** The floor of whatever writes a lock, a row and the lock again: the smallest writes there are. */
function unchecked(
  { others }: BenchStore,
  client: DynamoDBClient,
  end: (record: Write, release: Write) => Promise<unknown>,
): Run {
  const document = DynamoDBDocument.from(client);
  const put = (table: string, id: string) => () =>
    document.put({ TableName: table, Item: { id, at: Date.now() } });
  const next = ticks();
  return async () => {
    await put(others.leases, 'unchecked')();
    await code();
    await end(put(others.history, next.next().value), put(others.leases, 'unchecked'));
  };
}

function punctual({ tables }: BenchStore, client: DynamoDBClient): Run {
  const log = { info() {}, warn() {}, error() {} };
  const surroundings = { sleep, random: Math.random, clock: Date.now, log };
  const ledger = new DynamoLedger(client, tables, surroundings);
  const limits = { ...limitsOf(resolveJob(JOB, { every: '10 minutes' })), misfireGrace: Infinity };
  const never = () => Promise.reject(new Error('nothing follows a success'));
  const next = ticks();
  return () =>
    runTick(
      { job: JOB, tick: next.next().value, trigger: 'schedule', attempt: 1, payload: undefined },
      limits,
      code,
      {
        ledger,
        dispatcher: { at: never, now: never },
        clock: Date.now,
        timers: {
          after(ms, callback) {
            const timer = setTimeout(callback, ms);
            return () => clearTimeout(timer);
          },
        },
        newToken: randomUUID,
        deadline: Date.now() + TIMEOUT,
        place: {
          requestId: randomUUID(),
          instanceId: '5ca1ab1e',
          logGroup: '/punctual/punctual-dev',
          logStream: '2026/01/01/punctual-dev-report[$LATEST]0123456789abcdef0123456789abcdef',
        },
        log,
        ended() {},
        closed() {},
        turned() {},
      },
    );
}
