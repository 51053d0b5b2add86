import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BundleError } from './bundle-error.ts';

/** A change to a file of a package, as it goes into a bundle. */
export interface Trim {
  /** Below `node_modules`; may have wildcards. */
  file: string;
  /** @throws Error where the source is no longer one that it knows */
  change(source: string): string;
}

/**
 * What of the packages a function on Lambda never uses, or not before its first request. Each byte of a
 * bundle is compiled, and each module of Node's loaded, at every cold start.
 *
 * These hold for everything that is bundled, the code of the jobs too, so none takes away what a function
 * could need, save where its comment says who would.
 */
export const TRIMS: readonly Trim[] = [
  {
    // Of the places where the SDK looks for credentials only the first: the environment, where Lambda's
    // runtime puts them. The others (profiles, single sign-on, tokens, EC2) would be a third of a bundle.
    // A Lambda with SnapStart gets them elsewhere, and would need the others.
    file: '@aws-sdk/credential-provider-node/dist-es/index.js',
    change: swap(
      /^.*\bdefaultProvider\b.*$/s,
      `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
    ),
  },
  {
    // The files `~/.aws/config` and `credentials`: a function has its settings in its environment. Reading
    // them (twice not found, before the first request) loads all of Node's file API. A function with an
    // AWS_CONFIG_FILE in its bundle would need it; bundles have code only.
    file: '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js',
    change: swap(
      /^.*\bloadSharedConfigFiles = async\b.*$/s,
      `export { CONFIG_PREFIX_SEPARATOR } from './constants';
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
    ),
  },
  {
    // Node's compression, for the checksums of S3 and of event streams: loaded by the first of them.
    file: '@smithy/core/dist-es/submodules/checksum/crc32/Crc32Node.js',
    change: swap(
      'import * as zlib from "node:zlib";',
      `const zlib = { crc32: (...all) => process.getBuiltinModule('node:zlib').crc32(...all) };`,
    ),
  },
  {
    // Asked for as a module, Node's `http` is read whole, with the WebSocket client that it lends to browsers'
    // code: 30 ms of processor time. AWS is asked by `https`; this is for the local cloud.
    file: '@smithy/node-http-handler/dist-es/node-http-handler.js',
    change: swap('await import("node:http")', 'process.getBuiltinModule("node:http")'),
  },
  {
    // SHA-256 in JavaScript, for a Node that was built without crypto. Lambda's has it.
    file: '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Node.js',
    change: swap(
      /const hasNativeCrypto = .*\)\(\);\n(.*) = hasNativeCrypto \? (.*) : Sha256Js;/s,
      '$1 = $2;',
    ),
  },
  ...['defaultUserAgent', 'getRuntimeUserAgentPair'].map((name) => ({
    // As a module it is read whole, stdin and the diagnostic report too; as the global only what is used.
    file: `@aws-sdk/core/dist-es/submodules/client/util-user-agent-node/${name}.js`,
    change: swap(/import (\{.*\}) from "node:process";/, 'const $1 = process;'),
  })),
  {
    // The name of a web browser, of which a function has none: a library of a tenth of a bundle.
    file: '@aws-sdk/core/dist-es/submodules/client/util-user-agent-browser/createUserAgentStringParsingProvider.js',
    change: swap('await import("bowser")', '{ parse: () => undefined }'),
  },
  {
    // A cache of a thousand endpoints. A function asks for a few, so it need not forget any.
    file: '@aws-sdk/endpoint-cache/dist-es/EndpointCache.js',
    change: swap(
      'import LRUCache from "mnemonist/lru-cache";',
      'class LRUCache extends Map { constructor() { super(); } peek(key) { return this.get(key); } }',
    ),
  },
  {
    // A client tells AWS its version; the rest of the file would be in the bundle too.
    file: '@aws-sdk/client-*/package.json',
    change: (source) => JSON.stringify({ version: JSON.parse(source).version }),
  },
  {
    // The shapes of all operations of a service. The bundler leaves out those that nobody uses, but only
    // where it sees that making one has no effects: not where a key is the value of a variable.
    file: '@aws-sdk/client-*/dist-es/schemas/schemas_0.js',
    change: withPlainKeys,
  },
];

/**
 * The files that are changed, as they are bundled, by path.
 *
 * @param packages the folder `node_modules`
 * @throws BundleError where a file is gone, or says something else: an update of a package must not undo a
 *   trim unnoticed
 */
export function trimmedFiles(packages: string, trims = TRIMS): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, change } of trims) {
    const found = globSync(file, { cwd: packages });
    if (found.length === 0) throw outdated(file, 'is gone');
    for (const one of found) {
      const path = join(packages, one);
      try {
        files.set(path, change(readFileSync(path, 'utf8')));
      } catch (error) {
        throw outdated(one, (error as Error).message);
      }
    }
  }
  return files;
}

function outdated(file: string, problem: string): BundleError {
  return new BundleError(
    `node_modules/${file} ${problem}: mend its entry in infra/trims.ts, or take it out`,
  );
}

function swap(from: string | RegExp, to: string): (source: string) => string {
  return (source) => {
    const changed = source.replace(from, to);
    if (changed === source) throw new Error(`has no ${from} any more`);
    return changed;
  };
}

/** `{ [_h]: 1 }` as `{ "http": 1 }`, where the file says `const _h = "http"`. */
function withPlainKeys(source: string): string {
  const constants = new Map(
    [...source.matchAll(/^const (\w+) = (".*");$/gm)].map(([, name, text]) => [name, text]),
  );
  if (constants.size === 0) throw new Error('has no constants any more');
  return source.replace(/\[(\w+)\](?=:)/g, (key, name) => constants.get(name) ?? key);
}
