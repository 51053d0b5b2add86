import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 200;
/** Linux counts processor time in these. */
const TICKS_A_SECOND = 100;

/** Seconds of processor time. */
export interface CpuSeconds {
  /** Of the process itself. */
  own: number;
  /** Of each kind of process below it, as far as they were seen; one that lived for less than a look is not in it. */
  below: Record<string, number>;
  /** Of all of them, to the end. */
  total: number;
}

/**
 * Watches what a process and those below it use of the processors. Only Linux tells: elsewhere all is 0.
 *
 * @param kinds what the command line of a kind of process has in it
 * @returns to be called once the process has ended
 */
export function watchCpu(pid: number, kinds: Record<string, string>): () => CpuSeconds {
  const before = statOf('self')?.ofEnded ?? 0;
  const seen = new Map<number, { kind: string; cpu: number }>();
  const look = () => {
    const family = new Set([pid]);
    // A child has a higher number than its parent, until the numbers start again.
    for (const one of pids()) {
      const stat = statOf(one);
      if (!stat || (one !== pid && !family.has(stat.parent))) continue;
      family.add(one);
      // One that is ending has no command line any more.
      const kind = one === pid ? 'own' : (kindOf(one, kinds) ?? seen.get(one)?.kind);
      if (kind) seen.set(one, { kind, cpu: stat.cpu });
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    const of = (kind: string) =>
      [...seen.values()].reduce((sum, one) => sum + (one.kind === kind ? one.cpu : 0), 0);
    return {
      own: of('own'),
      below: Object.fromEntries(Object.keys(kinds).map((kind) => [kind, of(kind)])),
      total: (statOf('self')?.ofEnded ?? 0) - before,
    };
  };
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function kindOf(pid: number, kinds: Record<string, string>): string | undefined {
  const line = read(`/proc/${pid}/cmdline`);
  return Object.keys(kinds).find((kind) => line.includes(kinds[kind] as string));
}

/** Its parent, its processor time, and that of its children that have ended, with theirs. */
function statOf(pid: number | 'self') {
  // The name of the program, in parentheses, may have spaces in it.
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  const seconds = (from: number) =>
    ((fields[from] as number) + (fields[from + 1] as number)) / TICKS_A_SECOND;
  if (fields.length < 15) return undefined;
  return { parent: fields[1] as number, cpu: seconds(11), ofEnded: seconds(13) };
}

/** Nothing where there is no such file: the process has ended, or this is no Linux. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
