import { readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { deployedOf } from '../core/run/limits.ts';
import { OPERATOR_ENTRIES } from '../infra/constructs/operator.ts';
import { PEOPLES_ENTRIES } from '../infra/constructs/people.ts';
import { readList } from '../infra/list.ts';
import type { Benchmark } from './benchmark.ts';
import { type Bundle, bundle } from './bundle.ts';
import { rounded } from './rounds.ts';

/** KB (1000 bytes) that the import of a function may read: each is compiled at every cold start, which is billed. */
const BUDGETS: Record<string, number> = {
  job: 300,
  // Knows schedules: when each job was due.
  sweeper: 400,
  finalizer: 300,
  // Draws, and knows schedules.
  console: 450,
  health: 350,
};

const KEPT = resolve(import.meta.dirname, 'sizes.json');

/** What changed by less is noise: names that the minifier gives. KB. */
const NOTABLE = 0.3;

/** KB of each part of a bundle. */
type Parts = Record<string, number>;

/** How large a function of the stack is. */
export interface Size {
  name: string;
  /** `job`, or an operator's name. */
  kind: string;
  /** KB. */
  budget: number;
  bundle: Bundle;
  /** What became larger since the sizes were kept, as in `@smithy/core 80.1 -> 95.2`. */
  grown: string[];
}

/** The sizes of all functions, and where each grew. */
export async function measureSizes(): Promise<Size[]> {
  const kept: Record<string, Parts> = JSON.parse(readFileSync(KEPT, 'utf8'));
  return (await bundles()).map(({ name, kind, bundle }) => ({
    name,
    kind,
    budget: BUDGETS[kind] as number,
    bundle,
    grown: grown(kept[name] ?? {}, partsOf(bundle)),
  }));
}

/** `npm run bench sizes -- --keep`: later ones are held against those of now. */
export async function keepSizes(): Promise<string> {
  const sizes = (await bundles()).map(({ name, bundle }) => [name, partsOf(bundle)]);
  writeFileSync(KEPT, `${JSON.stringify(Object.fromEntries(sizes), null, 2)}\n`);
  return `kept the sizes of ${sizes.length} functions in bench/sizes.json`;
}

/** What grew between two measurements, the most first. */
export function grown(before: Parts, now: Parts): string[] {
  return Object.entries(now)
    .map(([part, size]) => ({ part, size, was: before[part] ?? 0 }))
    .filter(({ size, was }) => size - was >= NOTABLE)
    .sort((a, b) => b.size - b.was - (a.size - a.was))
    .map(({ part, size, was }) => `${part} ${was} -> ${size}`);
}

/** Makes no claim about time, so it can be part of every check. */
export const sizes: Benchmark = {
  name: 'sizes',
  title:
    'Bundles: KB that each function reads at a cold start, and what grew since bench/sizes.json',
  async measure() {
    return (await measureSizes()).map(({ name, budget, bundle, grown }) => ({
      function: name,
      'bundle KB': rounded(bundle.bytes / 1000, 1),
      'budget KB': budget,
      'on demand KB': rounded(bundle.later / 1000, 1),
      grew: grown.join(', ') || '-',
    }));
  },
};

async function bundles(): Promise<{ name: string; kind: string; bundle: Bundle }[]> {
  const list = await readList();
  const jobs = list.map(({ entry }) => ({ entry, kind: 'job' }));
  const others = [...OPERATOR_ENTRIES, ...PEOPLES_ENTRIES].map((entry) => ({
    entry,
    kind: basename(entry, '.ts'),
  }));
  const all = [...jobs, ...others];
  const made = await bundle(
    all.map(({ entry }) => entry),
    { PUNCTUAL_JOBS: list.map(deployedOf) },
  );
  return all.map(({ entry, kind }) => ({
    name: basename(entry, '.ts'),
    kind,
    bundle: made.get(entry) as Bundle,
  }));
}

function partsOf({ parts }: Bundle): Parts {
  const names = Object.keys(parts).sort();
  const sizes = names.map((name) => [name, rounded((parts[name] as number) / 1000, 1)] as const);
  return Object.fromEntries(sizes.filter(([, size]) => size >= NOTABLE));
}
