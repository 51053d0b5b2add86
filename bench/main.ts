/**
 * `npm run bench [-- <name> ...] [--json]`: every figure of one table is measured in the same run.
 * `npm run bench stagger -- --picture` draws docs/stagger.svg instead, and `npm run bench sizes -- --keep` writes
 * what later sizes are held against.
 */
import { parseArgs } from 'node:util';
import { tableOf } from '../local/table.ts';
import type { Figures } from './benchmark.ts';
import { coldStart } from './cold-start.ts';
import { commandLine } from './command-line.ts';
import { copies, group, minute, takers } from './contention.ts';
import { fleetLists } from './fleet-lists.ts';
import { localCloud } from './local-cloud.ts';
import { runCost } from './run-cost.ts';
import { keepSizes, sizes } from './sizes.ts';
import { stagger, staggerList, staggerLoad } from './stagger.ts';
import { drawStagger } from './stagger-picture.ts';
import { synthesis, synthesisOfFiles } from './synth.ts';

const BENCHMARKS = [
  coldStart,
  commandLine,
  fleetLists,
  localCloud,
  runCost,
  sizes,
  stagger,
  staggerLoad,
  staggerList,
  synthesis,
  synthesisOfFiles,
  copies,
  takers,
  group,
  minute,
];

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    picture: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const names = BENCHMARKS.map(({ name }) => name);
const unknown = positionals.find((name) => !names.includes(name));
if (unknown) {
  console.error(`there is no benchmark '${unknown}'; there is: ${names.join(', ')}`);
  process.exit(2);
}

if (values.picture) {
  console.log(drawStagger());
  process.exit();
}

if (values.keep) {
  console.log(await keepSizes());
  process.exit();
}

const results: Record<string, Figures[]> = {};
for (const { name, title, measure } of BENCHMARKS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const figures = await measure();
  results[name] = figures;
  if (!values.json) console.log(`${title}\n\n${table(figures)}\n`);
}
if (values.json) console.log(JSON.stringify(results, null, 2));

function table(figures: Figures[]): string {
  const head = Object.keys(figures[0] ?? {});
  return tableOf(
    head,
    figures.map((line) => Object.values(line)),
  );
}
