import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Schedules, Settings } from '../core/schedule/settings.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { inTurn, median, rounded } from './rounds.ts';

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, '..');
const JOB = resolve(ROOT, 'functions/job.ts');
const INTERVALS = ['5 minutes', '8 minutes', '10 minutes', '1 hour', '1 day'] as const;

/** Handler files that all jobs share, unless each has its own. */
const FILES = 8;
const POOLS = 50;

const SMALL = '100 jobs';

/**
 * What a synth takes as lists grow: the whole process, `node infra/app.ts`, bundling and all. The lists
 * take turns, and each is held against the small one of its round.
 */
export const synthesis: Benchmark = {
  name: 'synth',
  title: `Synth: median of 3 processes each, of jobs that share ${FILES} handler files`,
  measure: () =>
    compare(3, {
      [SMALL]: jobs(100, (i) => `handler-${i % FILES}`),
      '1,000 jobs': jobs(1000, (i) => `handler-${i % FILES}`),
      '10,000 schedules of 50 pools': pools(10_000),
    }),
};

/** The same where there is nothing to share: most of it is bundling. */
export const synthesisOfFiles: Benchmark = {
  name: 'synth-files',
  title: 'Synth: one process each, of jobs with a handler file each',
  measure: () =>
    compare(1, {
      [SMALL]: jobs(100, (i) => `handler-${i}`),
      '1,000 jobs': jobs(1000, (i) => `handler-${i}`),
    }),
};

async function compare(rounds: number, lists: Record<string, Schedules>): Promise<Figures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-bench-'));
  try {
    const candidates = Object.entries(lists).map(([name, schedules]) => {
      const jobs = Object.keys(schedules).length;
      return { name, jobs, list: written(folder, schedules), stacks: 0, times: [] as number[] };
    });
    for (let round = 0; round < rounds; round++) {
      for (const candidate of inTurn(candidates, round)) {
        const output = join(folder, 'output');
        candidate.times.push(await timeOf(candidate.list, output));
        candidate.stacks = readdirSync(output).filter((file) => /\.nested\./.test(file)).length;
        rmSync(output, { recursive: true });
      }
    }
    const small = candidates.find(({ name }) => name === SMALL)?.times ?? [];
    return candidates.map(({ name, jobs, stacks, times }): Figures => {
      const ratio = median(times.map((time, round) => time / (small[round] as number)));
      return {
        list: name,
        'nested stacks': stacks,
        seconds: rounded(median(times) / 1000, 1),
        [`x ${SMALL}`]: rounded(ratio, 2),
        'x as many in lists of 100': rounded((ratio * 100) / jobs, 2),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `npm start` synthesizes: without the offline validation, which looks at the root alone. */
async function timeOf(schedules: string, output: string): Promise<number> {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const env = {
    ...process.env,
    CDK_OUTDIR: output,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, schedules }),
  };
  const start = performance.now();
  await run(process.execPath, ['infra/app.ts'], { cwd: ROOT, env });
  return performance.now() - start;
}

/** Writes a list and the files it names. */
function written(folder: string, schedules: Schedules): string {
  mkdirSync(join(folder, 'jobs'), { recursive: true });
  for (const { handler } of Object.values(schedules)) {
    const code = `import { job } from ${JSON.stringify(JOB)};\nexport const handler = job(async () => '${handler}');\n`;
    writeFileSync(join(folder, `jobs/${handler}.ts`), code);
  }
  const path = join(folder, `list-${Object.keys(schedules).length}.ts`);
  writeFileSync(path, `export const schedules = ${JSON.stringify(schedules)};\n`);
  return path;
}

/** So many jobs, each with a function of its own. */
function jobs(count: number, handlerOf: (index: number) => string): Schedules {
  return listed(count, (i) => [`job-${i}`, { handler: handlerOf(i) }]);
}

/** So many schedules of the pools. */
function pools(count: number): Schedules {
  return listed(count, (i) => {
    const pool = `pool-${i % POOLS}`;
    const handler = `handler-${(i % POOLS) % FILES}`;
    const payload = { tenant: i };
    return [`${pool}@tenant-${i}`, { pool, handler, payload, misfireGrace: '10 minutes' }];
  });
}

function listed(
  count: number,
  entryOf: (index: number) => [string, Omit<Settings, 'every' | 'cron' | 'at'>],
): Schedules {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const [name, settings] = entryOf(i);
      const every = INTERVALS[i % INTERVALS.length];
      return [name, { every, offset: 'auto', ...settings } as Settings];
    }),
  );
}
