import type { Scenario } from './scenario.ts';

/** One mistake: a change to the code that ships, or to what it may rely on. */
export interface Mutation {
  name: string;
  /** The scenario in which it goes wrong soonest. */
  caughtIn: string;
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
    caughtIn: 'two runs of one job at once, and a third',
    tempts: 'the lock was just read, nobody will have changed it',
    code: {
      file: 'ledger/conditions.ts',
      find: "FENCE_UNCHANGED = '#fence = :seen'",
      replace: "FENCE_UNCHANGED = 'attribute_exists(#fence)'",
    },
  },
  {
    name: "token = Lambda's request id",
    caughtIn: 'a duplicate and a Lambda retry of the same request',
    tempts: 'the platform already has a unique id for every invocation',
    code: {
      file: 'run/flow.ts',
      find: 'const token = context.newToken();\n  return {',
      replace: 'const token = context.place.requestId;\n  return {',
    },
  },
  {
    name: 'a dead attempt is not sealed',
    caughtIn: 'a retry against the next tick',
    tempts: 'whoever takes over writes the row anyway',
    code: {
      file: 'run/judge.ts',
      find: 'const { row, written } = await seal(held.holder, held.fence, asked.now, ledger);',
      replace:
        "const row = { ...held.holder, status: 'crashed', fence: held.fence } as never as Run; const written = false as boolean;",
    },
  },
  {
    name: 'no margin for the clocks',
    caughtIn: 'a taker whose clock is fast by the whole margin',
    tempts: 'servers have NTP',
    code: { file: 'run/flow.ts', find: 'SKEW_MARGIN = 5_000', replace: 'SKEW_MARGIN = 0' },
  },
  {
    name: 'a lease shorter than the deadline',
    caughtIn: 'a sweep beside the living and the dead',
    tempts: 'no run of this job ever took that long',
    code: {
      file: 'run/flow.ts',
      find: 'context.deadline + SKEW_MARGIN',
      replace: 'context.deadline + SKEW_MARGIN - 10_000',
    },
  },
  {
    name: 'a record without a condition',
    caughtIn: 'a sweep beside the living and the dead',
    tempts: 'the row is mine, I held the lock',
    code: {
      file: 'ledger/conditions.ts',
      find: "'(attribute_not_exists(#tick) OR (#status <> :succeeded AND ' +\n  '(#attempt < :attempt OR (#attempt = :attempt AND #fence < :fence))))'",
      replace: "'(attribute_not_exists(#tick) OR attribute_exists(#tick))'",
    },
  },
  {
    name: 'a release without a condition',
    caughtIn: 'two ticks with lost answers, nothing stalled',
    tempts: 'the lock is mine, I took it',
    code: {
      file: 'ledger/conditions.ts',
      find: "HELD_BY_ME = '#holders.#me.#token = :token'",
      replace: "HELD_BY_ME = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'the tick is not in the key',
    caughtIn: 'two runs of one job at once, and a third',
    tempts: 'a job has one state',
    code: {
      file: 'ledger/dynamodb.ts',
      find: 'key: { job, tick } };',
      replace: "key: { job, tick: tick && 'latest' } };",
    },
  },
  {
    name: 'time to live taken for expiry',
    caughtIn: 'two runs of one job at once, and a third',
    tempts: 'DynamoDB deletes what has expired',
    code: {
      file: 'run/seal.ts',
      find: 'return holder.leaseExpiresAt <= now;',
      replace: 'return false;',
    },
  },
  {
    name: 'my own first write taken for a refusal',
    caughtIn: 'a finalizer beside the next tick',
    tempts: 'refused is refused',
    code: {
      file: 'run/claim.ts',
      find: 'if (lock.holders[asked.holderKey]?.token === asked.holder.token)',
      replace: 'if (false as boolean)',
    },
  },
  {
    name: 'released before recorded',
    caughtIn: 'code that runs into its deadline, and the next tick',
    tempts: 'the sooner the lock is free, the better',
    code: {
      file: 'run/flow.ts',
      find: '  const row = await record(run, context)',
      replace:
        '  await ledger.release({ ...asked, token, row: run, now: clock() });\n  const row = await record(run, context)',
    },
  },
  {
    name: 'the watermark is not checked',
    caughtIn: 'duplicates with lost answers, nothing stalled',
    tempts: 'if nobody holds the lock, it is free',
    code: {
      file: 'ledger/lock-updates.ts',
      find: '.onlyIf(LOCK_EXISTS, NOT_PAUSED, NEWER_THAN_WATERMARK, HAS_ROOM)',
      replace: '.onlyIf(LOCK_EXISTS, NOT_PAUSED, HAS_ROOM)',
    },
  },
  {
    name: 'no sweeper, where deliveries end before the lease does',
    caughtIn: 'two runs of one job at once, and a third',
    tempts: 'the next delivery cleans up',
    world: { swept: false },
  },
  {
    name: 'a deadline that nobody enforces',
    caughtIn: 'paused by its first failure, probed after an hour',
    tempts: 'the timeout is only there for emergencies',
    world: { kills: false },
  },
  {
    name: 'timed_out taken for an end',
    caughtIn: 'code that runs into its deadline, and the next tick',
    tempts: 'the row is final, so the attempt is over',
    code: {
      file: 'run/seal.ts',
      find: "run.fence >= fence && run.status !== 'timed_out'",
      replace: 'run.fence >= fence',
    },
  },
  {
    name: 'the lock is given back while timed-out code still runs',
    caughtIn: 'code that runs into its deadline, and the next tick',
    tempts: 'it was told to stop',
    code: {
      file: 'run/flow.ts',
      find: '.finally(() => stopped)',
      replace: '',
    },
  },
  {
    name: 'a final row is not looked at when the lock is held',
    caughtIn: 'code that runs into its deadline, and the next tick',
    tempts: 'held is held',
    code: {
      file: 'run/judge.ts',
      find: 'if (!isOver(row, held.fence)) continue;',
      replace: 'if (!isOver(row, held.fence) || row) continue;',
    },
  },
  {
    name: 'the watermark falls when an older tick runs',
    caughtIn: 'an older tick that comes late, and a duplicate of the newer one',
    tempts: 'it is the last tick that started',
    code: {
      file: 'ledger/lock-updates.ts',
      find: 'watermark && watermark > tick ? watermark : tick',
      replace: 'tick',
    },
  },
  {
    name: 'a lock made anew without a condition',
    caughtIn: 'a store that returns no item with a refusal',
    tempts: 'it did not exist a moment ago',
    code: {
      file: 'ledger/conditions.ts',
      find: "LOCK_IS_NEW = 'attribute_not_exists(#lock)'",
      replace: "LOCK_IS_NEW = '(attribute_not_exists(#lock) OR attribute_exists(#lock))'",
    },
  },
  {
    name: 'a throw does not wait for timed-out code',
    caughtIn: 'killed at its deadline, and the finalizer',
    tempts: 'an error ends the invocation anyway',
    code: {
      file: 'run/flow.ts',
      find: '.finally(() => stopped)',
      replace: '.then((row) => Promise.resolve(stopped).then(() => row))',
    },
  },
  {
    name: 'a pause is not looked at when taking over',
    caughtIn: 'paused at any moment, and the next tick',
    tempts: 'it was looked at a moment ago',
    code: {
      file: 'ledger/lock-updates.ts',
      find: '    update.onlyIf(NOT_PAUSED);\n',
      replace: '',
    },
  },
  {
    name: 'a pause is not looked at when claiming',
    caughtIn: 'paused at any moment, and the next tick',
    tempts: 'the schedule would be off',
    code: {
      file: 'ledger/lock-updates.ts',
      find: '.onlyIf(LOCK_EXISTS, NOT_PAUSED, NEWER',
      replace: '.onlyIf(LOCK_EXISTS, NEWER',
    },
  },
  {
    name: 'a skip that outranks the next attempt',
    caughtIn: 'paused at any moment, and the next tick',
    tempts: 'the skip is the latest there is to say',
    code: {
      file: 'run/judge.ts',
      find: 'const fence = lock.fence;',
      replace: 'const fence = lock.fence + 1;',
    },
  },
  {
    name: 'eventually consistent reads',
    caughtIn: 'two runs of one job at once, and a third',
    tempts: 'they cost half',
    code: {
      file: 'ledger/requests.ts',
      find: 'ConsistentRead: true',
      replace: 'ConsistentRead: false',
    },
  },
  {
    name: 'a finalizer frees whoever has the request id',
    caughtIn: 'an event that Lambda runs again after its first process died',
    tempts: 'Lambda says that this request has failed',
    code: {
      file: 'run/finalize.ts',
      find: 'return invocations === 1 && Date.parse(startedAt) < at;',
      replace: 'return invocations > 0 || Date.parse(startedAt) < at;',
    },
  },
  {
    name: 'a finalizer frees the lock and leaves the row to others',
    caughtIn: 'a tick that waits, delivered twice, and the end of the one before',
    tempts: 'the row says crashed already, or the sweeper will',
    code: {
      file: 'run/free.ts',
      find: 'const { row, written } = await seal(holder, fence, now, ledger, death);',
      replace:
        "const row = { ...holder, status: 'crashed', fence, death } as never as Run; const written = false as boolean;",
    },
  },
  {
    name: 'what follows a run is done by its own process or never',
    caughtIn: 'a store that goes away, retries and finalizers',
    tempts: 'the row is written, so there is nothing left to finalize',
    code: {
      file: 'run/finalize.ts',
      find: '    return followUp(row, payload, lock, limits, context);\n  if (row && !isAfter',
      replace: '    return;\n  if (row && !isAfter',
    },
  },
  {
    name: 'the next attempt is planned and the row does not say so',
    caughtIn: 'a store that goes away, retries and finalizers',
    tempts: 'the schedule is the record of it',
    code: {
      file: 'run/follow-up.ts',
      find: 'if (retryAt === undefined || attempt === 0) return;',
      replace: 'if (retryAt === undefined || attempt > 0) return;',
    },
  },
  {
    name: 'a lock given back without a call to whoever waits',
    caughtIn: 'a tick that waits, delivered twice, and the end of the one before',
    tempts: 'they will ask again',
    code: {
      file: 'run/follow-up.ts',
      find: '    await steps.take(() => callNext(lock, limits, context));\n',
      replace: '',
    },
  },
  {
    name: 'a place in the queue of a lock that was full a moment ago',
    caughtIn: 'a tick that waits, delivered twice, and the end of the one before',
    tempts: 'somebody will give it back and call',
    code: {
      file: 'ledger/conditions.ts',
      find: "IS_FULL = 'size(#holders) >= :room'",
      replace: "IS_FULL = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'a place in the queue for a tick that another delivery has run since',
    caughtIn: 'a tick that waits, delivered twice, and the end of the one before',
    tempts: 'it is full all the same',
    code: {
      file: 'ledger/lock-updates.ts',
      find: "    update.onlyIf(NEWER_THAN_WATERMARK).named({ '#job': job }).with({ ':tick': tick });\n",
      replace: '',
    },
  },
  {
    name: 'a place in the queue behind a holder that may be gone',
    caughtIn: 'a tick that waits, delivered twice, and the end of the one before',
    tempts: 'it held the lock a moment ago',
    code: {
      file: 'ledger/conditions.ts',
      find: "HOLDERS_UNCHANGED = 'size(#holders) = :holders'",
      replace: "HOLDERS_UNCHANGED = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'a shared lock whose holders are not counted',
    caughtIn: 'two jobs that share a lock',
    tempts: 'each job has a holder key of its own',
    code: {
      file: 'ledger/conditions.ts',
      find: "HAS_ROOM = 'size(#holders) < :room'",
      replace: "HAS_ROOM = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'whoever comes at the right moment overtakes those who wait',
    caughtIn: 'a job that comes while it is the turn of another',
    tempts: 'the lock is free',
    code: {
      file: 'ledger/conditions.ts',
      find: "NOBODY_WAITS = 'size(#waiting) = :nobody'",
      replace: "NOBODY_WAITS = 'attribute_exists(#waiting)'",
    },
  },
  {
    name: 'a queue that was looked at a moment ago',
    caughtIn: 'a job that comes while it is the turn of another',
    tempts: 'nobody acquired the lock since',
    code: {
      file: 'ledger/conditions.ts',
      find: "QUEUE_UNCHANGED = 'size(#waiting) = :places'",
      replace: "QUEUE_UNCHANGED = 'attribute_exists(#waiting)'",
    },
  },
  {
    name: 'a pause is passed as it was seen',
    caughtIn: 'paused by its first failure, probed after an hour',
    tempts: 'the fence says that nobody else did',
    code: {
      file: 'ledger/lock-updates.ts',
      find: "':probeAt': nextProbe(now) }",
      replace: "':probeAt': probeAt }",
    },
  },
];
