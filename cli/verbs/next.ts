import type { Lock } from '../../core/ledger/ledger.ts';
import type { Deployed } from '../../core/run/limits.ts';
import { exactTickOf } from '../../core/run/tick.ts';
import { type Firing, firings } from '../../core/schedule/firings.ts';
import { fullOf } from '../../functions/console/times.ts';
import type { Connection } from '../connection.ts';
import { jobIn } from '../named.ts';
import type { Cell, Out } from '../out.ts';

interface Options {
  count: number;
  /** Milliseconds since 1970. */
  from?: number;
}

/** A tick that comes, or that daylight saving takes away. */
interface Coming extends Firing {
  job: Deployed;
  /** Who has paused the job until then. */
  pausedBy?: string;
}

/** `punctual next [job]`. */
export async function run(
  { jobs, store, now }: Connection,
  [name]: readonly string[],
  { count, from }: Options,
  out: Out,
): Promise<number> {
  const asked = name === undefined ? jobs : [jobIn(name, jobs)];
  const [present, locks] = await Promise.all([
    now(),
    store.readLocks([...new Set(asked.map(({ limits }) => limits.lock))]),
  ]);
  const start = new Date(from ?? present);
  const coming = asked
    .filter(({ enabled }) => enabled)
    .flatMap((job) => comingOf(job, locks.get(job.limits.lock), start, count))
    .sort((a, b) => a.time - b.time)
    .slice(0, count);
  out.answer(coming.map(entry), () => {
    const [job] = asked;
    if (name !== undefined && !job?.enabled) out.line(`${name} is off: it has no ticks`);
    else if (coming.length === 0) out.line('no tick comes');
    else out.table(['UTC', 'in its zone', 'job', ''], coming.map(row));
  });
  return 0;
}

function comingOf(job: Deployed, lock: Lock | undefined, from: Date, count: number): Coming[] {
  const paused = lock?.paused[job.name];
  const byWall = new Map<string, Firing>();
  for (const expression of job.expressions) {
    for (const firing of firings(expression, job.timeZone, from).take(count))
      byWall.set(firing.wall, firing); // two expressions may share a tick
  }
  return [...byWall.values()].map((firing) => {
    const isPaused = paused && !(paused.until && Date.parse(paused.until) <= firing.time);
    return { ...firing, job, ...(isPaused && { pausedBy: paused.by }) };
  });
}

function row({ job, wall, time, oddity, pausedBy }: Coming): Cell[] {
  const utc = fullOf(time).slice(0, 16);
  const local = wall.replace('T', ' ');
  // The day only where it is another, or where nothing else says it.
  const isSameDay = oddity !== 'gap' && local.slice(0, 10) === utc.slice(0, 10);
  const zone =
    job.timeZone === 'UTC' ? '' : `${isSameDay ? local.slice(11) : local} ${job.timeZone}`;
  const notes = [
    oddity === 'gap' && 'does not happen: the clock is put forward over it',
    oddity === 'repeat' && 'the first of two: the clock is put back',
    pausedBy && `will be skipped: paused by ${pausedBy}`,
  ].filter((note) => typeof note === 'string');
  const when: Cell = oddity === 'gap' ? { text: '-', style: 'dim' } : utc;
  return [when, zone, job.name, { text: notes.join('; '), style: 'yellow' }];
}

/** As `--json` has it; see docs/cli.md. */
function entry({ job, wall, time, oddity, pausedBy }: Coming) {
  return {
    job: job.name,
    ...(oddity !== 'gap' && { tick: exactTickOf(time) }),
    timeZone: job.timeZone,
    local: wall,
    ...(oddity && { oddity }),
    ...(pausedBy && { pausedBy }),
  };
}
