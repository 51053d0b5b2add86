import type { Scenario } from './scenario.ts';

/** One mistake: a change to the code that ships, or to what it may rely on. */
export interface Mutation {
  name: string;
  /** What it would do, in the words of whoever might make it. */
  tempts: string;
  /** The change of the code: `find` must stand in the file exactly once. */
  code?: { file: string; find: string; replace: string };
  /** The change of the world. */
  world?: Partial<Pick<Scenario, 'kills' | 'swept'>>;
}

export const mutations: Mutation[] = [
  {
    name: 'no compare-and-swap on take-over',
    tempts: 'the lock was just read, nobody will have changed it',
    code: {
      file: 'ledger/conditions.ts',
      find: "FENCE_UNCHANGED = '#fence = :seen'",
      replace: "FENCE_UNCHANGED = 'attribute_exists(#fence)'",
    },
  },
  {
    name: "token = Lambda's request id",
    tempts: 'the platform already has a unique id for every invocation',
    code: {
      file: 'run/flow.ts',
      find: 'const token = context.newToken();\n  const holderKey',
      replace: 'const token = context.place.requestId;\n  const holderKey',
    },
  },
  {
    name: 'a dead attempt is not sealed',
    tempts: 'whoever takes over writes the row anyway',
    code: {
      file: 'run/claim.ts',
      find: 'dead ? await seal(holder, fence, asked.now, ledger) : undefined',
      replace: 'undefined as { row: Run; written: boolean } | undefined; void seal',
    },
  },
  {
    name: 'no margin for the clocks',
    tempts: 'servers have NTP',
    code: { file: 'run/flow.ts', find: 'SKEW_MARGIN = 5_000', replace: 'SKEW_MARGIN = 0' },
  },
  {
    name: 'a lease shorter than the deadline',
    tempts: 'no run of this job ever took that long',
    code: {
      file: 'run/flow.ts',
      find: 'context.deadline + SKEW_MARGIN',
      replace: 'context.deadline + SKEW_MARGIN - 10_000',
    },
  },
  {
    name: 'a record without a condition',
    tempts: 'the row is mine, I held the lock',
    code: {
      file: 'ledger/conditions.ts',
      find: "'(attribute_not_exists(#tick) OR (#status <> :succeeded AND #fence < :fence))'",
      replace: "'(attribute_not_exists(#tick) OR attribute_exists(#tick))'",
    },
  },
  {
    name: 'a release without a condition',
    tempts: 'the lock is mine, I took it',
    code: {
      file: 'ledger/conditions.ts',
      find: "HELD_BY_ME = '#holders.#me.#token = :token'",
      replace: "HELD_BY_ME = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'the tick is not in the key',
    tempts: 'a job has one state',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'this.#tables.runs,\n      { job, tick },\n      {',
      replace: "this.#tables.runs,\n      { job, tick: 'latest' },\n      {",
    },
  },
  {
    name: 'time to live taken for expiry',
    tempts: 'DynamoDB deletes what has expired',
    code: {
      file: 'run/seal.ts',
      find: 'return holder.leaseExpiresAt <= now;',
      replace: 'return false;',
    },
  },
  {
    name: 'my own first write taken for a refusal',
    tempts: 'refused is refused',
    code: {
      file: 'run/claim.ts',
      find: 'if (holder?.token === asked.holder.token)',
      replace: 'if (false as boolean)',
    },
  },
  {
    name: 'released before recorded',
    tempts: 'the sooner the lock is free, the better',
    code: {
      file: 'run/flow.ts',
      find: '  const row = await record(run, context)',
      replace:
        '  await release(run, limits.lock, holderKey, token, context);\n  const row = await record(run, context)',
    },
  },
  {
    name: 'the watermark is not checked',
    tempts: 'if nobody holds the lock, it is free',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'all(LOCK_EXISTS, NOT_PAUSED, NO_HOLDER, NEWER_THAN_WATERMARK)',
      replace: 'all(LOCK_EXISTS, NOT_PAUSED, NO_HOLDER)',
    },
  },
  {
    name: 'no sweeper, where deliveries end before the lease does',
    tempts: 'the next delivery cleans up',
    world: { swept: false },
  },
  {
    name: 'a deadline that nobody enforces',
    tempts: 'the timeout is only there for emergencies',
    world: { kills: false },
  },
  {
    name: 'timed_out taken for an end',
    tempts: 'the row is final, so the attempt is over',
    code: {
      file: 'run/claim.ts',
      find: "run.fence >= fence && run.status !== 'timed_out'",
      replace: 'run.fence >= fence',
    },
  },
  {
    name: 'the lock is given back while timed-out code still runs',
    tempts: 'it was told to stop',
    code: {
      file: 'run/flow.ts',
      find: '.finally(() => stopped)',
      replace: '',
    },
  },
  {
    name: 'a final row is not looked at when the lock is held',
    tempts: 'held is held',
    code: {
      file: 'run/claim.ts',
      find: "return isOver(other, fence) ? undefined : 'overlap';",
      replace: "return 'overlap';",
    },
  },
  {
    name: 'the watermark falls when an older tick runs',
    tempts: 'it is the last tick that started',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'watermark && watermark > tick ? watermark : tick',
      replace: 'tick',
    },
  },
  {
    name: 'a lock made anew without a condition',
    tempts: 'it did not exist a moment ago',
    code: {
      file: 'ledger/conditions.ts',
      find: "LOCK_IS_NEW = 'attribute_not_exists(#lock)'",
      replace: "LOCK_IS_NEW = '(attribute_not_exists(#lock) OR attribute_exists(#lock))'",
    },
  },
  {
    name: 'a throw does not wait for timed-out code',
    tempts: 'an error ends the invocation anyway',
    code: {
      file: 'run/flow.ts',
      find: '.finally(() => stopped)',
      replace: '.then((row) => Promise.resolve(stopped).then(() => row))',
    },
  },
  {
    name: 'a pause is not looked at when taking over',
    tempts: 'it was looked at a moment ago',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'all(FENCE_UNCHANGED, NOT_PAUSED)',
      replace: 'all(FENCE_UNCHANGED)',
    },
  },
  {
    name: 'a pause is not looked at when claiming',
    tempts: 'the schedule would be off',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'all(LOCK_EXISTS, NOT_PAUSED, NO_HOLDER',
      replace: 'all(LOCK_EXISTS, NO_HOLDER',
    },
  },
  {
    name: 'a skip that outranks the next attempt',
    tempts: 'the skip is the latest there is to say',
    code: { file: 'run/claim.ts', find: 'AFTER_ALL_SO_FAR = 0.5', replace: 'AFTER_ALL_SO_FAR = 1' },
  },
  {
    name: 'eventually consistent reads',
    tempts: 'they cost half',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'ConsistentRead: true',
      replace: 'ConsistentRead: false',
    },
  },
];
