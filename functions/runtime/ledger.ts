import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedger } from '../../core/ledger/dynamodb.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Log } from '../../core/run/flow.ts';
import type { FunctionSettings } from './settings.ts';

/**
 * Milliseconds. A healthy answer takes a few; a connection that hangs must not eat a job's time.
 */
const PATIENCE = { connect: 1_000, answer: 2_000 };

/** The ledger of this execution environment: one client, one pool of connections, for its whole life. */
export function connectLedger(settings: FunctionSettings, log: Log, patience = PATIENCE): Ledger {
  const client = new DynamoDBClient({
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
  const tables = { locks: settings.locksTable, runs: settings.runsTable };
  return new DynamoLedger(client, tables, { sleep, random: Math.random, clock: Date.now, log });
}
