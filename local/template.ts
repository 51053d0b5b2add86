import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployed } from '../core/run/limits.ts';
import { Problem } from './problem.ts';
import { Resolver } from './resolve.ts';

/** What a template says about one resource, before its references are resolved. */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

export interface Template {
  Parameters?: Record<string, { Default?: unknown }>;
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown }>;
  /** What the stack tells the command line; see `infra/constructs/catalogue.ts`. */
  Metadata?: { Punctual?: { functions?: string; jobs: Deployed[] } };
}

/** A synthesized stack: its template, and where its assets are. */
export interface Assembly {
  stackName: string;
  template: Template;
  /** S3 key -> folder or file of the asset. */
  assets: Map<string, string>;
  /** What the stack that it is nested in hands it, by the names of its parameters. */
  parameters?: Record<string, unknown>;
  /** The stacks in it: a list that is too long for one is a fleet of them. */
  nested?: Assembly[];
}

interface Manifest {
  artifacts: Record<
    string,
    { type: string; properties?: { templateFile?: string; stackName?: string; file?: string } }
  >;
}

interface AssetManifest {
  files: Record<
    string,
    { source: { path?: string }; destinations: Record<string, { objectKey: string }> }
  >;
}

/**
 * Reads what `cdk synth` wrote.
 *
 * @throws Problem where the folder does not hold exactly one stack
 */
export function readAssembly(folder: string): Assembly {
  const artifacts = Object.entries(read<Manifest>(folder, 'manifest.json').artifacts);
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [id, stack] = stacks[0] ?? [];
  if (!id || stacks.length > 1) {
    throw new Problem(
      `the app has ${stacks.length} stacks (${stacks.map(([name]) => name).join(', ')}), the local cloud runs one`,
    );
  }
  const assets = new Map<string, string>();
  for (const [, { type, properties }] of artifacts) {
    if (type !== 'cdk:asset-manifest' || !properties?.file) continue;
    for (const { source, destinations } of Object.values(
      read<AssetManifest>(folder, properties.file).files,
    )) {
      if (!source.path) continue;
      for (const { objectKey } of Object.values(destinations))
        assets.set(objectKey, join(folder, source.path));
    }
  }
  const template = read<Template>(folder, stack?.properties?.templateFile ?? `${id}.template.json`);
  const assembly = { stackName: stack?.properties?.stackName ?? id, template, assets };
  return { ...assembly, nested: nestedIn(assembly) };
}

function nestedIn(root: Assembly): Assembly[] {
  const resolver = new Resolver(root);
  const stacks = Object.entries(root.template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::CloudFormation::Stack',
  );
  return stacks.map(([id, { Properties: { TemplateURL, Parameters = {} } = {} }]) => {
    const key = String(resolver.value(TemplateURL, id)).split('/').at(-1) ?? '';
    const file = root.assets.get(key);
    if (!file) throw new Problem(`resource ${id}: its template ${key} is no asset of the app`);
    return {
      stackName: `${root.stackName}-${id}`,
      template: JSON.parse(readFileSync(file, 'utf8')),
      assets: root.assets,
      parameters: resolver.value(Parameters, id) as Record<string, unknown>,
    };
  });
}

function read<T>(folder: string, file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}
