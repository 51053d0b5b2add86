import { execFileSync } from 'node:child_process';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedger, type Tables } from '../../core/ledger/dynamodb.ts';
import { createTables, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import { MemoryClient } from '../model/memory-dynamodb.ts';
import { WireTap } from './wire-tap.ts';

/** The stores that this machine can run: dynalite everywhere, AWS's own where Java is. */
export const ENGINES: ('dynalite' | 'java')[] = hasJava() ? ['dynalite', 'java'] : ['dynalite'];

function hasJava(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.PUNCTUAL_JAVA === 'required')
      throw new Error('no Java on the path, and PUNCTUAL_JAVA=required');
    console.warn('no Java on the path: this suite runs on dynalite alone');
    return false;
  }
}

/** A running store with a tap on its wire, and ledgers on it. */
export interface Store {
  client: DynamoDBClient;
  tap: WireTap;
  tables: Tables;
  /** The ledger as a process sees it whose clock this is. */
  ledgerAt(clock: () => number): DynamoLedger;
  stop(): Promise<void>;
}

export async function startStore(engine: 'dynalite' | 'java'): Promise<Store> {
  const database = await startDynamoDB(engine);
  const tap = await WireTap.before(database.endpoint);
  const client = localClient(tap.endpoint);
  const tables = { locks: 'locks', runs: 'runs' };
  await createTables(client, [table(tables.locks, 'lock'), table(tables.runs, 'job', 'tick')]);
  return {
    client,
    tap,
    tables,
    ledgerAt(clock) {
      const surroundings = { sleep: async () => {}, random: () => 0, clock, log: { warn() {} } };
      return new DynamoLedger(client, tables, surroundings);
    },
    async stop() {
      client.destroy();
      await tap.stop();
      await database.stop();
    },
  };
}

/** The model check's store, as a ledger: the same suite must hold on it as on the real ones. */
export function memoryLedger(clock: () => number, traits = { returnsItem: true }): DynamoLedger {
  const client = new MemoryClient(traits) as unknown as DynamoDBClient;
  const surroundings = { sleep: async () => {}, random: () => 0, clock, log: { warn() {} } };
  return new DynamoLedger(client, { locks: 'locks', runs: 'runs' }, surroundings);
}

function table(name: string, hash: string, range?: string) {
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  const keySchema = [key(hash, 'HASH'), ...(range ? [key(range, 'RANGE')] : [])];
  const attributes = keySchema.map(({ AttributeName }) => ({
    AttributeName,
    AttributeType: 'S' as const,
  }));
  return { logicalId: name, name, keySchema, attributes, indexes: [] };
}
