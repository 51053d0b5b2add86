import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Lock } from '../../core/ledger/ledger.ts';
import { runOf } from '../../core/ledger/run-row.ts';
import type { Run } from '../../core/run/states.ts';
import type { Resources } from '../../local/resources.ts';

/** Every row of the runs table. */
export async function readRows(client: DynamoDBClient, resources: Resources): Promise<Run[]> {
  return (await itemsOf(client, resources, ['job', 'tick'])).map(runOf);
}

/** Every lock; what the sweeper remembers is in the same table. */
export async function readLocks(client: DynamoDBClient, resources: Resources): Promise<Lock[]> {
  const items = await itemsOf(client, resources, ['lock']);
  return items.filter(({ holders }) => holders).map((item) => unmarshall(item) as Lock);
}

async function itemsOf(client: DynamoDBClient, { tables }: Resources, key: string[]) {
  const isIt = (names: string[]) => names.join() === key.join();
  const table = tables.find(({ keySchema }) =>
    isIt(keySchema.map(({ AttributeName }) => AttributeName)),
  );
  const items = [];
  const scan = { TableName: table?.name, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client }, scan)) items.push(...Items);
  return items;
}
