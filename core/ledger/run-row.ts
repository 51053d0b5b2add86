import { unmarshall } from '@aws-sdk/util-dynamodb';
import { RETENTION_DAYS, type Run } from '../run/states.ts';
import { firstAttentionOf } from './attention.ts';
import { ROW_IS_OLDER } from './conditions.ts';
import { expiry, type Item, Update } from './update.ts';

/** A row as it is stored, whole: it replaces what was there, so that nothing of an earlier attempt stays. */
export function itemOf(row: Run, now: number): Record<string, unknown> {
  const { output, status } = row;
  return {
    ...row,
    // As text: DynamoDB's own numbers and nesting end sooner than JSON's (1e-300, 32 levels), and
    // a run whose work is done must not fail for its answer.
    ...(output !== undefined && { output: JSON.stringify(output) }),
    expiresAt: expiry(now, RETENTION_DAYS[status]),
    // The sparse index's key: a success leaves it out and pays for no index write.
    attention: firstAttentionOf(row),
  };
}

/** The condition under which it may be. */
export function replacing({ attempt, fence }: Run): Update {
  return new Update()
    .onlyIf(ROW_IS_OLDER)
    .with({ ':succeeded': 'succeeded', ':attempt': attempt, ':fence': fence });
}

export function runOf(item: Item): Run {
  const { expiresAt, attention, output, ...run } = unmarshall(item);
  return { ...run, ...(output !== undefined && { output: JSON.parse(output) }) } as Run;
}
