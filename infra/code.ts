import type { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { BundleCache } from './bundle-cache.ts';
import { type Bundle, bundle } from './bundling.ts';

/** The code of the function with this entry. */
export type CodeOf = (entry: string) => Code;

/**
 * Bundles the code of all functions; not where the CDK CLI only asks for the names of the stacks
 * (`cdk ls`, `cdk destroy`).
 */
export async function bundledCode(
  app: App,
  entries: readonly string[],
  constants: Record<string, unknown>,
): Promise<CodeOf> {
  const stacks: string[] | undefined = app.node.tryGetContext('aws:cdk:bundling-stacks');
  if (stacks?.length === 0) return () => NO_CODE;
  const bundles = await bundle(entries, constants, new BundleCache());
  return (entry) => Code.fromAsset((bundles.get(entry) as Bundle).folder);
}

/** For a template that is only looked at. */
export const NO_CODE = Code.fromInline('// not bundled');
