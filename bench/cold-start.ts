import { join, resolve } from 'node:path';
import { readList } from '../infra/list.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { type Bundle, bundle, bundlePlainly } from './bundle.ts';
import { importTime } from './import-time.ts';
import { inTurn, median, rounded } from './rounds.ts';

/** Cold process starts of each handler. */
const STARTS = 11;

const HANDLERS = resolve(import.meta.dirname, 'handlers');
const handler = (name: string) => join(HANDLERS, `${name}.ts`);

/** The one that a job is held against, and the same as the stack would bundle it. */
const BARE = 'bare DynamoDB client';
const BARE_OURS = `${BARE}, bundled as here`;

/** Bundled as people do. */
const PLAIN = {
  'empty handler': handler('empty'),
  [BARE]: handler('bare-dynamodb'),
  'Powertools logger, metrics, idempotency': handler('powertools'),
};

/** Bundled as the stack does. */
const OURS = {
  [BARE_OURS]: handler('bare-dynamodb'),
  'Powertools, bundled as here': handler('powertools'),
  'Punctual, an empty job': handler('punctual'),
};

interface Candidate {
  name: string;
  bundle: Bundle;
  /** Milliseconds of its imports so far. */
  imports: number[];
}

/**
 * What a cold start has to load: the size of a bundle, and the time its import takes. The starts
 * take turns, and each is held against the bare client's of the same round, so that what slows the
 * machine down for a while slows both; only the ratios travel.
 */
export const coldStart: Benchmark = {
  name: 'cold-start',
  title: `Cold start: median import of ${STARTS} fresh processes each, and minified bundle`,
  async measure() {
    const candidates = [...(await plain()), ...(await ours())];
    for (let start = 0; start < STARTS; start++) {
      for (const { bundle, imports } of inTurn(candidates, start))
        imports.push(await importTime(bundle.path));
    }
    return compare(candidates);
  },
};

async function plain(): Promise<Candidate[]> {
  const bundles = Object.entries(PLAIN).map(async ([name, entry]) => ({
    name,
    bundle: await bundlePlainly(entry),
    imports: [],
  }));
  return Promise.all(bundles);
}

async function ours(): Promise<Candidate[]> {
  const jobs = (await readList()).map(({ name, entry }) => [`${name}, the largest job`, entry]);
  const bundles = await bundle([
    ...Object.values(OURS),
    ...jobs.map(([, entry]) => entry as string),
  ]);
  const candidate = ([name, entry]: string[]): Candidate => ({
    name: name as string,
    bundle: bundles.get(entry as string) as Bundle,
    imports: [],
  });
  // Of the user's own: what the worst cold start of the stack loads.
  const largest = jobs.map(candidate).reduce((a, b) => (b.bundle.bytes > a.bundle.bytes ? b : a));
  return [...Object.entries(OURS).map(candidate), largest];
}

function compare(candidates: Candidate[]): Figures[] {
  const against = (name: string, imports: number[]) => {
    const base = candidates.find((one) => one.name === name) as Candidate;
    const ratios = imports.map((time, round) => time / (base.imports[round] as number));
    return rounded(median(ratios), 2);
  };
  return candidates.map(({ name, bundle, imports }) => ({
    handler: name,
    'import ms': rounded(median(imports), 1),
    'x bare client': against(BARE, imports),
    'x bundled as here': against(BARE_OURS, imports),
    'bundle KB': rounded(bundle.bytes / 1000, 1),
    'on demand KB': rounded(bundle.later / 1000, 1),
  }));
}
