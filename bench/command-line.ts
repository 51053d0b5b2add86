import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, Figures } from './benchmark.ts';
import { inTurn, median, rounded } from './rounds.ts';

const run = promisify(execFile);

/** Process starts of each. */
const STARTS = 21;

const BASELINE = 'node, and commander';
const CANDIDATES: Record<string, string[]> = {
  'bare node': ['--eval', '0'],
  [BASELINE]: ['--input-type=module', '--eval', "import 'commander'"],
  'punctual --help': [resolve(import.meta.dirname, '../cli/punctual.js'), '--help'],
};

/** What everybody waits for who types a command. The first start, which fills the cache, counts for nothing. */
export const commandLine: Benchmark = {
  name: 'command-line',
  title: `Start of the command line: median of ${STARTS} processes each`,
  async measure() {
    const candidates = Object.entries(CANDIDATES).map(([name, args]) => ({
      name,
      args,
      times: [] as number[],
    }));
    for (const { args } of candidates) await timeOf(args);
    for (let start = 0; start < STARTS; start++) {
      for (const { args, times } of inTurn(candidates, start)) times.push(await timeOf(args));
    }
    const base = candidates.find(({ name }) => name === BASELINE)?.times ?? [];
    return candidates.map(({ name, times }): Figures => {
      const ratios = times.map((time, round) => time / (base[round] as number));
      return {
        command: name,
        'start ms': rounded(median(times), 1),
        [`x ${BASELINE}`]: rounded(median(ratios), 2),
      };
    });
  },
};

async function timeOf(args: string[]): Promise<number> {
  const start = performance.now();
  await run(process.execPath, args);
  return performance.now() - start;
}
