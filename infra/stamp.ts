import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Says of files and folders what they are now, in a few characters: the same for the same, another for
 * another. Paths are relative to a root.
 */
export class Stamp {
  readonly #root: string;
  readonly #settled: number;
  readonly #hash = createHash('sha256');
  /** Whether nothing that was looked at has changed lately. */
  isSettled = true;

  /** @param settled since when a change is too late: milliseconds since 1970. Default: none is */
  constructor(root: string, settled = Number.POSITIVE_INFINITY) {
    this.#root = root;
    this.#settled = settled;
  }

  /** Something besides files. */
  say(text: string): this {
    this.#hash.update(`${text.length} ${text}`);
    return this;
  }

  /** A file by its content. */
  read(path: string): void {
    this.#lookAt(path);
    this.say(path).say(readFileSync(join(this.#root, path), 'utf8'));
  }

  /** A file by its time and size: of many that nobody edits. */
  look(path: string): void {
    const { mtimeMs, size } = this.#lookAt(path);
    this.say(path).say(`${mtimeMs} ${size}`);
  }

  /** The names in a folder, and where they lead that are links. */
  list(path: string): void {
    this.#lookAt(path);
    const folder = join(this.#root, path);
    const names = readdirSync(folder, { withFileTypes: true }).map((found) =>
      found.isSymbolicLink()
        ? `${found.name}>${readlinkSync(join(folder, found.name))}`
        : found.name,
    );
    this.say(path).say(names.sort().join('/'));
  }

  /** The files of a folder, itself not, whose names are like this, by their content. */
  readSome(path: string, names: RegExp): void {
    for (const name of readdirSync(join(this.#root, path)).sort())
      if (names.test(name)) this.read(join(path, name));
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  #lookAt(path: string) {
    const found = statSync(join(this.#root, path));
    if (found.mtimeMs > this.#settled) this.isSettled = false;
    return found;
  }
}
