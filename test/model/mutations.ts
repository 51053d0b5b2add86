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
      find: 'const token = context.newToken();\n  const isShared',
      replace: 'const token = context.place.requestId;\n  const isShared',
    },
  },
  {
    name: 'a dead attempt is not sealed',
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
      find: "'(attribute_not_exists(#tick) OR (#status <> :succeeded AND ' +\n  '(#attempt < :attempt OR (#attempt = :attempt AND #fence < :fence))))'",
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
      find: 'key: { job, tick } };',
      replace: "key: { job, tick: tick && 'latest' } };",
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
      find: 'if (lock.holders[asked.holderKey]?.token === asked.holder.token)',
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
        '  await ledger.release({ ...asked, token, row: run, now: clock() });\n  const row = await record(run, context)',
    },
  },
  {
    name: 'the watermark is not checked',
    tempts: 'if nobody holds the lock, it is free',
    code: {
      file: 'ledger/lock-updates.ts',
      find: '.onlyIf(LOCK_EXISTS, NOT_PAUSED, NEWER_THAN_WATERMARK)',
      replace: '.onlyIf(LOCK_EXISTS, NOT_PAUSED)',
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
      file: 'run/seal.ts',
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
      file: 'run/judge.ts',
      find: 'if (!isOver(row, held.fence)) continue;',
      replace: 'if (!isOver(row, held.fence) || row) continue;',
    },
  },
  {
    name: 'the watermark falls when an older tick runs',
    tempts: 'it is the last tick that started',
    code: {
      file: 'ledger/lock-updates.ts',
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
      file: 'ledger/lock-updates.ts',
      find: '    update.onlyIf(NOT_PAUSED);\n',
      replace: '',
    },
  },
  {
    name: 'a pause is not looked at when claiming',
    tempts: 'the schedule would be off',
    code: {
      file: 'ledger/lock-updates.ts',
      find: '.onlyIf(LOCK_EXISTS, NOT_PAUSED, NEWER',
      replace: '.onlyIf(LOCK_EXISTS, NEWER',
    },
  },
  {
    name: 'a skip that outranks the next attempt',
    tempts: 'the skip is the latest there is to say',
    code: {
      file: 'run/judge.ts',
      find: 'const fence = lock.fence;',
      replace: 'const fence = lock.fence + 1;',
    },
  },
  {
    name: 'eventually consistent reads',
    tempts: 'they cost half',
    code: {
      file: 'ledger/requests.ts',
      find: 'ConsistentRead: true',
      replace: 'ConsistentRead: false',
    },
  },
  {
    name: 'a finalizer frees whoever has the request id',
    tempts: 'Lambda says that this request has failed',
    code: {
      file: 'run/finalize.ts',
      find: 'return invocations === 1 && Date.parse(startedAt) < at;',
      replace: 'return invocations > 0 || Date.parse(startedAt) < at;',
    },
  },
  {
    name: 'a finalizer frees the lock and leaves the row to others',
    tempts: 'the row says crashed already, or the sweeper will',
    code: {
      file: 'run/finalize.ts',
      find: '    const { row, written } = await seal(holder, fence, clock(), ledger, deathOf(failure));',
      replace:
        "    const row = { ...holder, status: 'crashed', fence, death: deathOf(failure) } as never as Run; const written = false as boolean;",
    },
  },
  {
    name: 'what follows a run is done by its own process or never',
    tempts: 'the row is written, so there is nothing left to finalize',
    code: {
      file: 'run/finalize.ts',
      find: '    return followUp(row, payload, lock, limits, context);\n  if (row && !isAfter',
      replace: '    return;\n  if (row && !isAfter',
    },
  },
  {
    name: 'the next attempt is planned and the row does not say so',
    tempts: 'the schedule is the record of it',
    code: {
      file: 'run/follow-up.ts',
      find: 'if (retryAt === undefined || attempt === 0) return;',
      replace: 'if (retryAt === undefined || attempt > 0) return;',
    },
  },
  {
    name: 'a lock given back without a call to whoever waits',
    tempts: 'they will ask again',
    code: {
      file: 'run/follow-up.ts',
      find: '    await attempted(callNext(lock, limits, context));\n',
      replace: '',
    },
  },
  {
    name: 'a place in the queue behind a holder that may be gone',
    tempts: 'it held the lock a moment ago',
    code: {
      file: 'ledger/conditions.ts',
      find: "HOLDERS_UNCHANGED = 'size(#holders) = :holders'",
      replace: "HOLDERS_UNCHANGED = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'a shared lock whose holders are not counted',
    tempts: 'each job has a holder key of its own',
    code: {
      file: 'ledger/conditions.ts',
      find: "HAS_ROOM = 'size(#holders) < :room'",
      replace: "HAS_ROOM = 'attribute_exists(#holders)'",
    },
  },
  {
    name: 'whoever comes at the right moment overtakes those who wait',
    tempts: 'the lock is free',
    code: {
      file: 'ledger/conditions.ts',
      find: "NOBODY_WAITS = 'size(#waiting) = :nobody'",
      replace: "NOBODY_WAITS = 'attribute_exists(#waiting)'",
    },
  },
  {
    name: 'a queue that was looked at a moment ago',
    tempts: 'nobody acquired the lock since',
    code: {
      file: 'ledger/conditions.ts',
      find: "QUEUE_UNCHANGED = 'size(#waiting) = :places'",
      replace: "QUEUE_UNCHANGED = 'attribute_exists(#waiting)'",
    },
  },
  {
    name: 'a pause is passed as it was seen',
    tempts: 'the fence says that nobody else did',
    code: {
      file: 'ledger/lock-updates.ts',
      find: "':probeAt': nextProbe(now) }",
      replace: "':probeAt': probeAt }",
    },
  },
];
