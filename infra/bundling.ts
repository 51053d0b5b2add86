import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type BuildFailure, build, type Plugin } from 'esbuild';

const PACKAGES = resolve(import.meta.dirname, '../node_modules');

/**
 * Of the places where the SDK looks for credentials only the first: the environment, where Lambda's
 * runtime puts them. The others (profiles, single sign-on, tokens, EC2) would be a third of a bundle
 * that any of its clients is in. A Lambda with SnapStart gets them elsewhere, and would need the others.
 */
const LAMBDAS_CREDENTIALS: Plugin = {
  name: 'credentials of the environment only',
  setup({ onLoad }) {
    onLoad({ filter: /credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, ({ path }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: dirname(path),
    }));
  },
};

/** Code that can not be bundled: the file, the place and what is wrong with it. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/**
 * Makes one ESM file of each entry, with everything it imports in it, the AWS SDK too: the runtime's
 * would be another version than the one tested, and loads slower.
 *
 * All in one go, because a bundler started for each function would be most of the time of a synth.
 *
 * @param constants plain data that takes the place of a global name: what is known only at synth
 * @throws BundleError for the first thing in the code that can not be bundled
 * @returns the folder of each entry's `index.mjs`; they go when this process ends
 */
export async function bundle(
  entries: readonly string[],
  constants: Record<string, unknown> = {},
): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const distinct = [...new Set(entries)];
  await build({
    entryPoints: distinct.map((entry, i) => ({ in: entry, out: join(String(i), 'index') })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Without it esbuild takes the CommonJS builds, which it can not tree-shake.
    mainFields: ['module', 'main'],
    // The few CommonJS packages that are left call require.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    define: Object.fromEntries(
      Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    // A list elsewhere finds the packages that are here.
    nodePaths: [PACKAGES],
    plugins: [LAMBDAS_CREDENTIALS],
    logLevel: 'silent',
  }).catch(({ errors: [first] }: BuildFailure) => {
    const { file, line } = first?.location ?? {};
    throw new BundleError(`${file}:${line}: ${first?.text}`);
  });
  return new Map(distinct.map((entry, i) => [entry, join(folder, String(i))]));
}
