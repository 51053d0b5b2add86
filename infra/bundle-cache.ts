import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Stamp } from './stamp.ts';

/** The files of one bundle: name -> text. */
export type Files = Record<string, string>;

/** A bundle that was made just now. */
export interface Made {
  files: Files;
  /** What went in, relative to the project. */
  inputs: readonly string[];
  /** When what made it, or anything that went in, was first read: milliseconds since 1970. */
  startedAt: number;
}

type Kept = Pick<Made, 'files' | 'inputs'> & { stamp: string };

const PACKAGES = 'node_modules/';

/** npm's list of what is installed: a package that comes may be what an import means from now on. */
const INSTALLED = `${PACKAGES}.package-lock.json`;

/** The code that bundles. */
const HERE = ['bundling.ts', 'bundle-cache.ts', 'stamp.ts', 'trims.ts'].map((file) =>
  join(import.meta.dirname, file),
);

/** What decides how a source is bundled, in any folder above it, and is no input: `tsconfig.json`, what that extends. */
const SETTINGS = /\.json$/;

/** A file that changed so shortly before a build, or since, may not be what was built: milliseconds. */
const SETTLED = 2_000;

/**
 * Bundles of earlier syntheses, so that only what has changed is built again: a build is a fifth of a second,
 * the look a hundredth. A stale one would be deployed, so one is only used while all is as it was: its sources,
 * what else is in the folders above them (a new file may be what an import means from now on), the settings there,
 * the packages, and the code that bundles. Sources outside the project may find packages elsewhere, too: what
 * has such is built each time.
 */
export class BundleCache {
  readonly #root: string;
  readonly #folder: string;

  /** @param root the project's folder, whose packages' folder has the cache: `npm ci` empties it */
  constructor(root = resolve(import.meta.dirname, '..')) {
    this.#root = root;
    this.#folder = join(root, 'node_modules/.cache/punctual/bundles');
  }

  /** @param constants what is written into the entry besides its source */
  find(entry: string, constants: string): Files | undefined {
    try {
      const { files, inputs, stamp }: Kept = JSON.parse(readFileSync(this.#file(entry), 'utf8'));
      return this.#stampOf(inputs, constants) === stamp ? files : undefined;
    } catch {
      return undefined; // none, half of one, or something is gone that it was made of
    }
  }

  /** Keeps a bundle, in place of an older one of the entry. */
  keep(entry: string, constants: string, { files, inputs, startedAt }: Made): void {
    const file = this.#file(entry);
    const fresh = `${file}-${randomUUID()}`;
    try {
      const stamp = this.#stampOf(inputs, constants, startedAt - SETTLED);
      if (stamp === undefined) return;
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(fresh, JSON.stringify({ files, inputs, stamp } satisfies Kept));
      renameSync(fresh, file); // whole, or not at all: another synthesis may be reading
    } catch {
      // Without it the next synthesis takes longer, and that is all.
    }
  }

  #file(entry: string): string {
    const name = createHash('sha256').update(entry).digest('hex').slice(0, 32);
    return join(this.#folder, `${name}.json`);
  }

  /**
   * What these inputs are now, and all that decides what a build makes of them.
   *
   * @param settled since when a change is too late
   * @returns `undefined` where one has changed since, or is outside the project
   * @throws Error where one is gone
   */
  #stampOf(inputs: readonly string[], constants: string, settled?: number): string | undefined {
    const stamp = new Stamp(this.#root, settled).say(constants);
    const folders = new Set<string>();
    for (const input of inputs) {
      if (input.startsWith('..')) return undefined;
      if (input.startsWith(PACKAGES)) stamp.look(input);
      else {
        stamp.read(input);
        folders.add(dirname(input));
      }
    }
    for (const folder of withParents(folders)) {
      // In the root much comes and goes that no import means.
      if (folder !== '.' || folders.has('.')) stamp.list(folder);
      stamp.readSome(folder, SETTINGS);
    }
    stamp.read(INSTALLED);
    for (const file of HERE) stamp.read(relative(this.#root, file));
    return stamp.isSettled ? stamp.digest() : undefined;
  }
}

/** With those above them, to the root. */
function withParents(folders: Iterable<string>): Set<string> {
  const all = new Set<string>(['.']);
  for (let folder of folders) for (; folder !== '.'; folder = dirname(folder)) all.add(folder);
  return all;
}
