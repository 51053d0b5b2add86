import { execFileSync } from 'node:child_process';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedger, type Tables } from '../../core/ledger/dynamodb.ts';
import type { Surroundings } from '../../core/ledger/tries.ts';
import { createTables, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import type { TableResource } from '../../local/resources.ts';
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
  /** The ledger as a process sees it whose clock this is; it does not wait, where nothing else is said. */
  ledgerAt(clock: () => number, more?: Partial<Surroundings>): DynamoLedger;
  stop(): Promise<void>;
}

/**
 * @param attention whether the runs table has its sparse index. It makes the row of whatever did not
 *   succeed cost a unit more, which the budgets leave out: what a sweep asks for needs it.
 */
export async function startStore(
  engine: 'dynalite' | 'java',
  { attention = false } = {},
): Promise<Store> {
  const database = await startDynamoDB(engine);
  const tap = await WireTap.before(database.endpoint);
  const client = localClient(tap.endpoint);
  const tables = { locks: 'locks', runs: 'runs' };
  const runs = table(tables.runs, 'job', 'tick');
  await createTables(client, [table(tables.locks, 'lock'), attention ? withIndex(runs) : runs]);
  return {
    client,
    tap,
    tables,
    ledgerAt: (clock, more) =>
      new DynamoLedger(client, tables, { ...WITHOUT_WAIT, clock, ...more }),
    async stop() {
      client.destroy();
      await tap.stop();
      await database.stop();
    },
  };
}

/** The model check's store, as a ledger: the same suite must hold on it as on the real ones. */
export function memoryLedger(
  clock: () => number,
  traits = { returnsItem: true },
  more?: Partial<Surroundings>,
): DynamoLedger {
  const client = new MemoryClient(traits) as unknown as DynamoDBClient;
  const tables = { locks: 'locks', runs: 'runs' };
  return new DynamoLedger(client, tables, { ...WITHOUT_WAIT, clock, ...more });
}

const WITHOUT_WAIT = { sleep: async () => {}, random: () => 0, log: { warn() {} } };

function table(name: string, hash: string, range?: string): TableResource {
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  const keySchema = [key(hash, 'HASH'), ...(range ? [key(range, 'RANGE')] : [])];
  const attributes = keySchema.map(({ AttributeName }) => ({
    AttributeName,
    AttributeType: 'S' as const,
  }));
  return { logicalId: name, name, keySchema, attributes, indexes: [] };
}

function withIndex(runs: TableResource): TableResource {
  const { keySchema, attributes } = table('attention', 'attention', 'tick');
  const [attention] = attributes;
  if (!attention) throw new Error('the index has no key');
  const index = { IndexName: 'attention', KeySchema: keySchema, Projection: ALL };
  return { ...runs, attributes: [...runs.attributes, attention], indexes: [index] };
}

const ALL = { ProjectionType: 'ALL' as const };
