import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoLedger, type Tables } from '../../core/ledger/dynamodb.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Surroundings } from '../../core/ledger/tries.ts';
import type { Log } from '../../core/run/log.ts';
import type { TableSettings } from './settings.ts';

/**
 * Milliseconds. A healthy answer takes a few; a connection that hangs must not eat a job's time.
 */
const PATIENCE = { connect: 1_000, answer: 2_000 };

/**
 * The ledger of this execution environment: one client, one pool of connections, for its whole life.
 *
 * @param retried told of each request that is sent again
 */
export function connectLedger(
  settings: TableSettings,
  log: Log,
  retried?: () => void,
  patience = PATIENCE,
): Ledger {
  const [client, tables, surroundings] = connect(settings, log, patience);
  return new DynamoLedger(client, tables, { ...surroundings, retried });
}

/** What any view of the ledger's tables is made of. */
export function connect(
  { locksTable, runsTable }: TableSettings,
  log: Log,
  patience = PATIENCE,
): [DynamoDBClient, Tables, Surroundings] {
  const tables = { locks: locksTable, runs: runsTable };
  const surroundings = { sleep, random: Math.random, clock: Date.now, log };
  return [ledgerClient(patience), tables, surroundings];
}

/** @param more where it is not Lambda's environment that says where the store is, and who asks */
export function ledgerClient(patience = PATIENCE, more: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    ...more,
    // The ledger tries again by itself, classified and logged; the SDK's own tries would hide it.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: patience.connect,
      requestTimeout: patience.answer,
      // Without it the SDK only warns of a request that takes too long, and waits on.
      throwOnRequestTimeout: true,
      // The request's timeout ends with the first byte: an answer that stops halfway is waited for.
      socketTimeout: patience.answer,
    },
  });
  // It puts each request and answer together again for a log that there is not: a tenth of their time.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
