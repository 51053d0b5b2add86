import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Run } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';
import { StoreError } from './errors.ts';
import type { Claim, Grant, Ledger, Lock, Pause, Recorded, Release, TakeOver } from './ledger.ts';
import {
  acquiring,
  countingOne,
  creating,
  leaving,
  pausing,
  releasing,
  resuming,
  takingOver,
  waiting,
} from './lock-updates.ts';
import { type Place, Requests } from './requests.ts';
import { itemOf, replacing, runOf } from './run-row.ts';
import { pauseBetweenRounds, type Surroundings } from './tries.ts';
import type { Item, Update } from './update.ts';
import { queueKey, type Waiting } from './waiting.ts';

export interface Tables {
  locks: string;
  runs: string;
}

/**
 * The ledger on DynamoDB. Single-item writes and strongly consistent reads only: no transactions,
 * so that a write costs one unit and the protocol holds on a multi-Region strongly consistent
 * table too.
 */
export class DynamoLedger implements Ledger {
  readonly #requests: Requests;
  readonly #tables: Tables;
  readonly #surroundings: Surroundings;

  /** @param client must not retry by itself (`maxAttempts: 1`), as `Requests` says */
  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#requests = new Requests(client, surroundings);
    this.#tables = tables;
    this.#surroundings = surroundings;
  }

  async acquire(claim: Claim, lost = 0): Promise<Grant> {
    if (lost > 0) await pauseBetweenRounds(lost, this.#surroundings);
    return this.#claim('acquire', claim, acquiring(claim));
  }

  takeOver(claim: Claim, seen: Lock, how: TakeOver): Promise<Grant> {
    return this.#claim('takeOver', claim, takingOver(claim, seen, how));
  }

  async create({ lock, holderKey, holder, now }: Claim): Promise<Grant> {
    const made = creating(
      {
        fences: { [holderKey]: now },
        holders: { [holderKey]: holder },
        watermarks: { [holder.job]: holder.tick },
      },
      now,
    );
    const answer = await this.#requests.update('create', this.#lock(lock), made);
    if (answer.refused) return { granted: false, ...lockOf(answer.item) };
    return { granted: true, fence: now };
  }

  async record(run: Run, now: number): Promise<Recorded> {
    const { job, tick } = run;
    const at = this.#row(job, tick);
    const answer = await this.#requests.put('record', at, itemOf(run, now), replacing(run));
    if (!answer.refused) return { written: true };
    const found = answer.item ? runOf(answer.item) : await this.readRun(job, tick);
    return { written: false, ...(found && { run: found }) };
  }

  async release(release: Release): Promise<Lock | undefined> {
    const { lock } = release;
    return this.#after('release', lock, releasing(release));
  }

  async wait(place: Waiting, seen: Lock, behind?: Waiting, room?: number): Promise<boolean> {
    const now = await this.#after('wait', seen.lock, waiting(place, seen, behind, room));
    // Where it was refused, a first sending of this very write may have been applied.
    const mine = now?.waiting[queueKey(place)];
    return mine?.tick === place.tick && mine.since === place.since;
  }

  leave(lock: string, place: Waiting): Promise<Lock | undefined> {
    return this.#after('leave', lock, leaving(place));
  }

  async pause(lock: string, job: string, pause: Pause, failures: number): Promise<boolean> {
    const now = await this.#after('pause', lock, pausing(job, pause, failures));
    const made = now?.paused[job];
    // The reason, too: it counts the failures, so that of two that pause it at once one has done it.
    return made?.since === pause.since && made.why === pause.why;
  }

  async resume(lock: string, job: string): Promise<boolean> {
    return !(await this.#requests.update('resume', this.#lock(lock), resuming(job))).refused;
  }

  async countFailure(lock: string, run: Run, now: number, passes?: Pause): Promise<Lock> {
    const { job, tick, attempt, status } = run;
    const counted = await this.#after('countFailure', lock, countingOne(run, now, passes));
    if (counted) return counted;
    const maps = { failures: { [job]: 1 }, last: { [job]: { tick, status, attempt } } };
    const made = await this.#after('countFailure', lock, creating(maps, now));
    if (made) return made;
    throw new StoreError('contended', `the lock '${lock}' came and went while it was updated`);
  }

  async readLock(lock: string): Promise<Lock | undefined> {
    return lockOf(await this.#requests.get('readLock', this.#lock(lock))).lock;
  }

  async readRun(job: string, tick: Tick): Promise<Run | undefined> {
    const item = await this.#requests.get('readRun', this.#row(job, tick));
    return item && runOf(item);
  }

  async #claim(what: string, claim: Claim, update: Update): Promise<Grant> {
    const at = this.#lock(claim.lock);
    const answer = await this.#requests.update(what, at, update, 'UPDATED_NEW');
    if (answer.refused) return { granted: false, ...lockOf(answer.item) };
    return { granted: true, fence: Number(answer.item?.fence?.N) };
  }

  /** The lock as it is after an update, whether that was done or refused. */
  async #after(what: string, lock: string, update: Update): Promise<Lock | undefined> {
    const { item } = await this.#requests.update(what, this.#lock(lock), update, 'ALL_NEW');
    return item ? lockOf(item).lock : this.readLock(lock);
  }

  #lock(lock: string): Place {
    return { table: this.#tables.locks, key: { lock } };
  }

  #row(job: string, tick: Tick): Place {
    return { table: this.#tables.runs, key: { job, tick } };
  }
}

function lockOf(item: Item | undefined): { lock?: Lock } {
  return item ? { lock: unmarshall(item) as Lock } : {};
}
