import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** One thing that was seen: an attempt's code began or ended, or met another. */
export interface Sight {
  job: string;
  tick: string;
  attempt: number;
  fencingToken: number;
  what: 'started' | 'returned' | 'threw' | 'stopped' | 'met another';
}

type Who = Omit<Sight, 'what'>;

/**
 * Sees attempts with the file system's eyes, not the ledger's: while a job's code runs there is a
 * file with its process id, which can be made only once. A process that died left its file behind
 * and is not alive; one that is alive beside another is what must never be seen.
 */
export class Witness {
  readonly #folder: string;
  readonly #who: Who;

  private constructor(folder: string, who: Who) {
    this.#folder = folder;
    this.#who = who;
  }

  static start(folder: string, who: Who): Witness {
    const witness = new Witness(folder, who);
    const file = witness.#file();
    for (;;) {
      try {
        const opened = openSync(file, 'wx');
        writeSync(opened, String(process.pid));
        closeSync(opened);
        break;
      } catch {
        const other = Number(readFileSync(file, 'utf8'));
        if (isAlive(other)) {
          witness.#see('met another');
          break;
        }
        rmSync(file, { force: true });
      }
    }
    witness.#see('started');
    return witness;
  }

  end(what: 'returned' | 'threw' | 'stopped'): void {
    this.#see(what);
    rmSync(this.#file(), { force: true });
  }

  #file(): string {
    return join(this.#folder, `${this.#who.job}.pid`);
  }

  #see(what: Sight['what']): void {
    appendFileSync(logOf(this.#folder), `${JSON.stringify({ ...this.#who, what })}\n`);
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
