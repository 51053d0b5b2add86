import { unmarshall } from '@aws-sdk/util-dynamodb';
import { RETENTION_DAYS, type Run } from '../run/states.ts';
import { firstAttentionOf } from './attention.ts';
import { ROW_IS_OLDER } from './conditions.ts';
import { expiry, type Item, Update } from './update.ts';

/** Every attribute of a row besides its key: what a write does not set, it removes. */
const ATTRIBUTES = [
  'status', 'reason', 'fence', 'token', 'attempt', 'trigger', 'startedAt', 'finishedAt', 'payload', 'output',
  'error', 'retryAt', 'earlier', 'requestId', 'instanceId', 'logGroup', 'logStream', 'expiresAt',
  'attention',
] as const; // biome-ignore format: one line a group reads better

export function recording(row: Run, now: number): Update {
  const { job: _, tick: __, ...run } = row;
  const attributes: Record<string, unknown> = {
    ...run,
    // As text: DynamoDB's own numbers and nesting end sooner than JSON's (1e-300, 32 levels), and
    // a run whose work is done must not fail for its answer.
    ...(run.output !== undefined && { output: JSON.stringify(run.output) }),
    expiresAt: expiry(now, RETENTION_DAYS[run.status]),
    // The sparse index's key: a success leaves it out and pays for no index write.
    attention: firstAttentionOf(row),
  };
  const update = new Update().onlyIf(ROW_IS_OLDER).with({ ':succeeded': 'succeeded' });
  for (const name of ATTRIBUTES) {
    if (attributes[name] === undefined) update.remove(`#${name}`);
    else update.set(`#${name} = :${name}`).with({ [`:${name}`]: attributes[name] });
  }
  return update;
}

export function runOf(item: Item): Run {
  const { expiresAt, attention, output, ...run } = unmarshall(item);
  return { ...run, ...(output !== undefined && { output: JSON.parse(output) }) } as Run;
}
