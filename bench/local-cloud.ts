import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { MINUTE } from '../core/schedule/duration.ts';
import type { Summary } from '../local/summary.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { type CpuSeconds, watchCpu } from './process-tree.ts';
import { median, rounded } from './rounds.ts';
import { mixedList } from './stagger-lists.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ROUNDS = 3;
const JOBS = 1000;
/** Functions that the jobs share, where they do. */
const POOLS = 56;
/** Files of code. Jobs that share a function have the same. */
const HANDLERS = 8;

/** What the command line of each kind of process has in it. */
const KINDS = {
  synth: 'infra/app.ts',
  store: 'local/dynamodb-process.ts',
  functions: 'local/function-process.ts',
};

interface Play {
  seconds: number;
  runs: number;
  cpu: CpuSeconds;
}

/**
 * Whole processes, as `npm start` starts them, from the synthesis to the summary: what somebody waits for. The
 * processor time is told as well, because a machine that does other things, too, shows nothing else.
 */
export const localCloud: Benchmark = {
  name: 'local-cloud',
  title: `The local cloud on dynalite: the median of ${ROUNDS}; CPU in seconds, and who used how much of it`,
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'punctual-local-cloud-'));
    const candidates = {
      'the seven jobs, a day': ['--for', '24h'],
      [`${JOBS} jobs, a function each, an hour`]: [
        '--for',
        '1h',
        '--schedules',
        listIn(join(folder, 'each')),
      ],
      [`${JOBS} jobs, ${POOLS} functions, an hour`]: [
        '--for',
        '1h',
        '--schedules',
        listIn(join(folder, 'pools'), POOLS),
      ],
    };
    try {
      const figures: Figures[] = [];
      for (const [name, args] of Object.entries(candidates)) {
        const plays: Play[] = [];
        for (let round = 0; round < ROUNDS; round++) plays.push(await play(args));
        figures.push({ 'what runs': name, ...figuresOf(plays) });
      }
      return figures;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/**
 * Jobs of mixed intervals, of a few files of code.
 *
 * @param pools how many functions they share. Default: each has its own
 */
function listIn(folder: string, pools?: number): string {
  mkdirSync(join(folder, 'jobs'), { recursive: true });
  const job = JSON.stringify(join(ROOT, 'functions/job.ts'));
  for (let i = 0; i < HANDLERS; i++) {
    writeFileSync(
      join(folder, `jobs/handler-${i}.ts`),
      `import { job } from ${job};\nexport const handler = job(async () => ({ handler: ${i} }));\n`,
    );
  }
  const entries = mixedList(JOBS).map(({ name, interval }, i) => {
    const handler = `handler-${i % HANDLERS}`;
    const settings = { every: `${interval / MINUTE} minutes`, offset: 'auto', handler };
    if (pools === undefined) return [name, settings];
    const pool = `pool-${i % pools}`;
    // Of what follows from the interval all jobs of a pool must have the same.
    return [`${pool}@${name}`, { ...settings, pool, misfireGrace: '5 minutes' }];
  });
  const file = join(folder, 'schedules.ts');
  const list = JSON.stringify(Object.fromEntries(entries));
  writeFileSync(file, `export const schedules = ${list};\n`);
  return file;
}

async function play(args: string[]): Promise<Play> {
  const start = performance.now();
  const fixed = ['--speed', 'max', '--from', '2026-03-01T00:00Z', '--json', '--port', '0'];
  const cloud = spawn(process.execPath, [join(ROOT, 'local/main.ts'), ...fixed, ...args], {
    cwd: ROOT,
    // As the script in package.json has it.
    env: { ...process.env, NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/punctual') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const cpu = watchCpu(cloud.pid ?? 0, KINDS);
  const ended = once(cloud, 'close');
  const printed = await text(cloud.stdout);
  const [code] = await ended;
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`the local cloud ended with ${code}:\n${printed.slice(-2000)}`);
  const { jobs }: Summary = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
  const runs = Object.values(jobs).reduce((sum, { succeeded }) => sum + succeeded, 0);
  return { seconds, runs, cpu: cpu() };
}

function figuresOf(plays: Play[]): Figures {
  const of = (value: (play: Play) => number) => median(plays.map(value));
  const seconds = of((one) => one.seconds);
  const runs = of((one) => one.runs);
  const share = (part: (cpu: CpuSeconds) => number | undefined) =>
    rounded(
      of(({ cpu }) => (100 * (part(cpu) ?? 0)) / (cpu.total || 1)),
      0,
    );
  return {
    runs,
    seconds: rounded(seconds, 1),
    'runs/s': rounded(runs / seconds, 0),
    'CPU s': rounded(
      of(({ cpu }) => cpu.total),
      1,
    ),
    'main %': share(({ own }) => own),
    'store %': share(({ below }) => below.store),
    'functions %': share(({ below }) => below.functions),
    'synth %': share(({ below }) => below.synth),
  };
}
