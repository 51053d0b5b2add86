import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedger } from '../../core/ledger/dynamodb.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Log } from '../../core/run/flow.ts';
import type { FunctionSettings } from './settings.ts';

/** A healthy answer takes milliseconds; a connection that hangs must not eat a job's time. */
const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 2_000;

/** The ledger of this execution environment: one client, one pool of connections, for its whole life. */
export function connectLedger(settings: FunctionSettings, log: Log): Ledger {
  const client = new DynamoDBClient({
    // The ledger tries again by itself, classified and logged; the SDK's own tries would hide it.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Without it the SDK only warns of a request that takes too long, and waits on.
      throwOnRequestTimeout: true,
    },
  });
  const tables = { locks: settings.locksTable, runs: settings.runsTable };
  return new DynamoLedger(client, tables, { sleep, random: Math.random, clock: Date.now, log });
}
