import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { onEveryStore } from '../../support/every-store.ts';
import { ENGINES, type Store } from '../../support/stores.ts';

/** Where the stores differ, no expression of ours may rest on it. */
describe.each(ENGINES)('what the expressions rest on, on %s', (engine) => {
  onEveryStore(
    'raw',
    (bench) => {
      const update = async (expression: string, condition?: string, values = {}) => {
        const { client } = bench.store as Store;
        const command = new UpdateItemCommand({
          TableName: 'locks',
          Key: { lock: { S: bench.job.job } },
          UpdateExpression: expression,
          ...(condition && { ConditionExpression: condition }),
          ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshall(values) }),
          ReturnValues: 'ALL_NEW',
        });
        return (await client.send(command)).Attributes;
      };

      test('size() of a map in a condition', async () => {
        await update('SET m = :m', undefined, { ':m': { a: 1, b: 2 } });
        await update('SET n = :n', 'size(m) = :n', { ':n': 2 });
        await update('SET n = :n', 'size(m) < :n', { ':n': 3 });
        await expect(update('SET n = :n', 'size(m) < :n', { ':n': 2 })).rejects.toMatchObject({
          name: 'ConditionalCheckFailedException',
        });
      });

      test('SET and REMOVE of siblings in one update; a path that is not there is removed in peace', async () => {
        await update('SET m = :m', undefined, { ':m': { a: 1, b: 2 } });
        const item = await update('SET m.c = :c REMOVE m.a, m.x', undefined, { ':c': 3 });
        expect(item?.m).toEqual(marshall({ m: { b: 2, c: 3 } }).m);
      });

      // Why a pause is compared by its fields.
      test.runIf(engine === 'dynalite')('two maps are never equal for dynalite', async () => {
        await update('SET m = :m', undefined, { ':m': { a: 1 } });
        await expect(update('SET n = :m', 'm = :m', { ':m': { a: 1 } })).rejects.toMatchObject({
          name: 'ConditionalCheckFailedException',
        });
      });
    },
    [engine],
  );
});
