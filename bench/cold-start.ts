import { join, resolve } from 'node:path';
import { readList } from '../infra/list.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { type Bundle, bundle } from './bundle.ts';
import { importTime } from './import-time.ts';
import { inTurn, median, rounded } from './rounds.ts';

/** Cold process starts of each handler. */
const STARTS = 11;

const HANDLERS = resolve(import.meta.dirname, 'handlers');
const BASELINE = 'bare DynamoDB client';
const YARDSTICKS = {
  'empty handler': join(HANDLERS, 'empty.ts'),
  [BASELINE]: join(HANDLERS, 'bare-dynamodb.ts'),
  'Punctual, an empty job': join(HANDLERS, 'punctual.ts'),
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
    const candidates = [...(await bundled(YARDSTICKS)), await largestJob()];
    for (let start = 0; start < STARTS; start++) {
      for (const { bundle, imports } of inTurn(candidates, start))
        imports.push(await importTime(bundle.path));
    }
    return compare(candidates);
  },
};

async function bundled(entries: Record<string, string>): Promise<Candidate[]> {
  const bundles = Object.entries(entries).map(async ([name, entry]) => ({
    name,
    bundle: await bundle(entry),
    imports: [],
  }));
  return Promise.all(bundles);
}

/** Of the user's own: what the worst cold start of the stack loads. */
async function largestJob(): Promise<Candidate> {
  const jobs = (await readList()).map(({ name, entry }) => [`${name}, the largest job`, entry]);
  const candidates = await bundled(Object.fromEntries(jobs));
  return candidates.reduce((a, b) => (b.bundle.bytes > a.bundle.bytes ? b : a));
}

function compare(candidates: Candidate[]): Figures[] {
  const bare = candidates.find(({ name }) => name === BASELINE) as Candidate;
  return candidates.map(({ name, bundle, imports }) => {
    const ratios = imports.map((time, round) => time / (bare.imports[round] as number));
    return {
      handler: name,
      'import ms': rounded(median(imports), 1),
      'x bare client': rounded(median(ratios), 2),
      'bundle KB': rounded(bundle.bytes / 1000, 1),
      'x its bundle': rounded(bundle.bytes / bare.bundle.bytes, 2),
    };
  });
}
