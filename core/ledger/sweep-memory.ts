import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Made } from '../run/made.ts';
import type { Told } from '../run/told.ts';
import { readBatch } from './batch.ts';
import { LOCK_IS_NEW, MEMORY_UNCHANGED } from './conditions.ts';
import { StoreError } from './errors.ts';
import { madeIn, REGISTRY } from './made-store.ts';
import { packed, unpacked } from './packed.ts';
import type { Requests } from './requests.ts';
import { changesSince, type Known, withChanges } from './sweep-known.ts';
import { type Item, Update } from './update.ts';

/** What the sweeps remember. */
export interface SweepMemory extends Known {
  /** How often it was written; 0 before the first time. */
  version: number;
  /** When the last of them came to its end, ISO 8601; absent before the first has. */
  sweptAt?: string;
  told: Told;
  /** Milliseconds since 1970 until which a sweep is telling people of what it found. */
  tellingUntil?: number;
  /** What is not written down anew by each sweep; absent where there is none. */
  snapshot?: Snapshot;
}

/** What a sweep leaves to the next one. */
export type Remembered = Omit<SweepMemory, 'version' | 'sweptAt' | 'told' | 'snapshot'> & {
  sweptAt: string;
  told?: Told;
};

/** What was known once: of it only the changes are written down, until they are too many. */
interface Snapshot extends Known {
  /** How often each of its parts was written. */
  versions: number[];
}

/** The memory's key in the locks table. A job's name has no colon, so that no lock is called so. */
const KEY = 'sweeper:';

/** Keys of the parts of the snapshot. One item holds 400 KB: 10,000 jobs, if their names are long. */
const PARTS = [0, 1, 2, 3].map((part) => `${KEY}${part}`);

/** Bytes; a write costs a unit a kilobyte. */
const FEW = 4_096;

/** Without it a sweep that was given up for dead would end the telling of the one after it. */
const TELLING_IS_MINE = '#tellingUntil = :mine';

const NOTHING: Snapshot = { jobs: {}, locks: [], versions: PARTS.map(() => 0) };
const NOTHING_TOLD: Told = { paused: {}, overdue: {} };

/** Where the sweeps remember how far they came, and what people were told. */
export class SweepMemories {
  readonly #client: DynamoDBClient;
  readonly #requests: Requests;
  readonly #table: string;

  /** @param table that of the locks */
  constructor(client: DynamoDBClient, requests: Requests, table: string) {
    this.#client = client;
    this.#requests = requests;
    this.#table = table;
  }

  /**
   * What is remembered, and the schedules that were made at run time: one request.
   *
   * @throws StoreError where a sweep beside this one keeps making snapshots
   */
  async recall(): Promise<{ recalled: SweepMemory; made: Made[] }> {
    // A read of several items is of no one moment: with an older part, jobs would seem new, or come back.
    const found = (await this.#read()) ?? (await this.#read());
    if (found) return found;
    throw new StoreError('contended', 'what the sweeps remember changed while it was read, twice');
  }

  async #read(): Promise<{ recalled: SweepMemory; made: Made[] } | undefined> {
    const keys = [KEY, REGISTRY, ...PARTS].map((lock) => ({ lock }));
    const batch = { table: this.#table, keys };
    const items = new Map(
      await readBatch('recall', this.#client, this.#requests, batch, (item) => [
        item.lock?.S,
        item,
      ]),
    );
    const parts = PARTS.map((part) => items.get(part));
    const recalled = memoryIn(items.get(KEY), parts);
    return recalled && { recalled, made: madeIn(items.get(REGISTRY)) };
  }

  /** When the last sweep came to its end, ISO 8601; `undefined` before the first has. */
  async lastSweep(): Promise<string | undefined> {
    return (await this.#requests.get('lastSweep', this.#place(KEY)))?.sweptAt?.S;
  }

  /**
   * Replaces what was recalled; false where another sweep did so meanwhile.
   *
   * @param remembered of all jobs and locks: one that is left out is forgotten. Without `told`, that and
   *   `tellingUntil` stay as they are: another sweep is at it.
   */
  async remember(
    { jobs, locks, sweptAt, told, tellingUntil }: Remembered,
    { version, snapshot = NOTHING }: SweepMemory,
  ): Promise<boolean> {
    const known = { jobs, locks };
    const at = Date.parse(sweptAt);
    let { versions } = snapshot;
    let changes = packed(changesSince(snapshot, known, at));
    if (changes.length > FEW) {
      const fewer = packed(changesSince(known, known, at));
      // What is held back is a change to any snapshot.
      if (fewer.length < changes.length / 2) {
        if (!(await this.#keep(known, versions))) return false;
        versions = versions.map((version) => version + 1);
        changes = fewer;
      }
    }
    const update = new Update()
      .set('#version = :next', '#sweptAt = :sweptAt', '#changes = :changes', '#parts = :parts')
      // Before there were snapshots all was here, and would be again after a rollback.
      .set('#jobs = :noJobs', '#locks = :noLocks')
      .with({ ':next': version + 1, ':sweptAt': sweptAt, ':changes': changes })
      .with({ ':noJobs': {}, ':noLocks': [], ':parts': versions });
    if (told) {
      update
        .set('#toldOf = :told')
        .remove('#told')
        .with({ ':told': packed(told) });
      if (tellingUntil === undefined) update.remove('#tellingUntil');
      else update.set('#tellingUntil = :until').with({ ':until': tellingUntil });
    }
    return this.#write(KEY, version, update);
  }

  /** The sweep that is telling until then has done so; what people know now. */
  async rememberTold(told: Told, tellingUntil: number): Promise<void> {
    const update = new Update()
      .set('#toldOf = :told')
      .remove('#told', '#tellingUntil')
      .onlyIf(TELLING_IS_MINE)
      .with({ ':told': packed(told), ':mine': tellingUntil });
    await this.#requests.update('rememberTold', this.#place(KEY), update);
  }

  /**
   * Makes a snapshot. Each part says by itself how far the sweeps came with its jobs, so that one which
   * dies in between leaves nothing wrong: what was remembered besides holds for either.
   *
   * @returns false where another sweep was faster
   */
  async #keep({ jobs, locks }: Known, versions: readonly number[]): Promise<boolean> {
    for (const [part, key] of PARTS.entries()) {
      const own = packed({
        jobs: Object.fromEntries(Object.entries(jobs).filter(([name]) => partOf(name) === part)),
        locks: locks.filter((lock) => partOf(lock) === part),
      });
      const version = versions[part] ?? 0;
      const update = new Update()
        .set('#version = :next', '#known = :known')
        .with({ ':next': version + 1, ':known': own });
      // One after the other: of two sweeps at once who loses the first leaves the others to the winner.
      if (!(await this.#write(key, version, update))) return false;
    }
    return true;
  }

  async #write(key: string, version: number, update: Update): Promise<boolean> {
    if (version === 0) update.onlyIf(LOCK_IS_NEW);
    else update.onlyIf(MEMORY_UNCHANGED).with({ ':seen': version });
    return !(await this.#requests.update('remember', this.#place(key), update)).refused;
  }

  #place(lock: string) {
    return { table: this.#table, key: { lock } };
  }
}

/** `undefined` where a part is older than the one it was written down with. */
function memoryIn(
  item: Item | undefined,
  parts: readonly (Item | undefined)[],
): SweepMemory | undefined {
  const snapshot = snapshotIn(parts);
  const known = snapshot ?? NOTHING;
  if (!item) {
    const { jobs, locks } = known;
    return { version: 0, jobs, locks, told: NOTHING_TOLD, snapshot };
  }
  const { version, sweptAt, tellingUntil, changes, jobs, locks, told, toldOf, ...rest } =
    unmarshall(item);
  const versions: number[] = rest.parts ?? [];
  if (versions.some((version, part) => version > (known.versions[part] ?? 0))) return undefined;
  // A version before there were snapshots says all itself; what is packed is older then, after a rollback.
  const isWhole = !changes || Object.keys(jobs).length + locks.length > 0;
  return {
    version,
    sweptAt,
    ...(tellingUntil !== undefined && { tellingUntil }),
    ...(isWhole ? { jobs, locks } : withChanges(known, unpacked(changes), Date.parse(sweptAt))),
    told: told ?? (toldOf ? unpacked(toldOf) : NOTHING_TOLD),
    snapshot,
  };
}

function snapshotIn(parts: readonly (Item | undefined)[]): Snapshot | undefined {
  if (parts.every((part) => part === undefined)) return undefined;
  const items = parts.map((part) => part && unmarshall(part));
  const known = items.flatMap((item): Known[] => (item ? [unpacked(item.known)] : []));
  return {
    jobs: Object.assign({}, ...known.map(({ jobs }) => jobs)),
    locks: known.flatMap(({ locks }) => locks),
    versions: items.map((item) => item?.version ?? 0),
  };
}

/** Which part of a snapshot has what belongs to a name. */
function partOf(name: string): number {
  return (createHash('sha256').update(name).digest()[0] ?? 0) % PARTS.length;
}
