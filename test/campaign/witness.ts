import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What a campaign tells a job: how it is to behave, and what is promised of it. */
export interface Orders {
  seed: number;
  /** How many times as likely it is to do what it should not. */
  faults: number;
  /** Of the campaign. */
  folder: string;
  /** The share of its attempts that throw. */
  throws: number;
  /** How many of its attempts may live at once. */
  concurrency: number;
  /** The group it shares, and how many attempts of all its jobs may live at once. */
  group?: string;
  limit?: number;
}

/** One thing that was seen: an attempt's code began or ended, or was one too many. */
export interface Sight {
  job: string;
  tick: string;
  attempt: number;
  fencingToken: number;
  what: 'started' | 'returned' | 'threw' | 'too many of the job' | 'too many of the group';
  /** Of one that started: how many lived then, itself included. */
  live?: { job: number; group?: number };
  /** Simulated time, ISO 8601. */
  at?: string;
}

type Room = Pick<Orders, 'folder' | 'concurrency' | 'group' | 'limit'>;
type Who = Omit<Sight, 'what' | 'live' | 'at'>;

/**
 * Sees attempts with the file system's eyes, not the ledger's: while an attempt's code runs there is a
 * file with its process id in its name, in the folder of its job and of its group. Each makes its own
 * file before it counts the others', so of two that begin together at least one sees both. A process
 * that died left its files behind and is not alive.
 */
export class Witness {
  readonly #orders: Room;
  readonly #who: Who;
  readonly #files: string[] = [];

  private constructor(orders: Room, who: Who) {
    this.#orders = orders;
    this.#who = who;
  }

  static start(orders: Room, who: Who): Witness {
    const witness = new Witness(orders, who);
    const { concurrency, group, limit = 0 } = orders;
    const live = {
      job: witness.#enter(`job ${who.job}`),
      ...(group !== undefined && { group: witness.#enter(`group ${group}`) }),
    };
    if (live.job > concurrency) witness.#see('too many of the job');
    if (live.group !== undefined && live.group > limit) witness.#see('too many of the group');
    witness.#see('started', live);
    return witness;
  }

  end(what: 'returned' | 'threw'): void {
    this.#see(what);
    for (const file of this.#files) rmSync(file, { force: true });
  }

  /** How many are in it now, this one included. */
  #enter(room: string): number {
    const { job, fencingToken } = this.#who;
    const folder = join(this.#orders.folder, room);
    const own = `${process.pid} ${job} ${fencingToken}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, own), '');
    this.#files.push(join(folder, own));
    const others = readdirSync(folder).filter((name) => name !== own);
    // Its own process, too: code that was left running there, and goes on beside this one.
    const [living, dead] = [true, false].map((alive) =>
      others.filter((name) => isAlive(Number.parseInt(name, 10)) === alive),
    );
    for (const name of dead ?? []) rmSync(join(folder, name), { force: true });
    return (living ?? []).length + 1;
  }

  #see(what: Sight['what'], live?: Sight['live']): void {
    const at = new Date().toISOString();
    appendFileSync(
      logOf(this.#orders.folder),
      `${JSON.stringify({ ...this.#who, what, live, at })}\n`,
    );
  }
}

/** Everything that was seen, in order. */
export function sightsIn(folder: string): Sight[] {
  return readFileSync(logOf(folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** An empty folder for a campaign. */
export function prepare(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  appendFileSync(logOf(folder), '');
}

function logOf(folder: string): string {
  return join(folder, 'sights.jsonl');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
