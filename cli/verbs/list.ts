import type { JobView } from '../../core/operations/overview.ts';
import { lastRun, readSummary } from '../../core/operations/read-overview.ts';
import { timeOf } from '../../core/run/tick.ts';
import { whatOf } from '../../functions/console/looks.ts';
import { clockOf } from '../../functions/console/times.ts';
import type { Connection } from '../connection.ts';
import type { Cell, Out } from '../out.ts';
import { inWords } from '../schedule-words.ts';
import { stateOf } from '../state.ts';
import { styleOf } from '../style.ts';

/** `punctual list`. */
export async function run(
  { jobs, store, now }: Connection,
  _args: readonly string[],
  _options: object,
  out: Out,
): Promise<number> {
  const overview = await readSummary(jobs, store, await now());
  const value = overview.jobs.map((view) => entry(view, overview.now));
  out.answer(value, () =>
    out.table(
      ['job', 'state', 'next (UTC)', 'last run', 'schedule'],
      overview.jobs.map((view) => row(view, overview.now)),
    ),
  );
  return 0;
}

function row(view: JobView, now: number): Cell[] {
  const { job, next } = view;
  const last = lastRun(view);
  const state = stateOf(view, now);
  return [
    job.name,
    state === 'idle' ? { text: state, style: 'dim' } : state,
    next ? clockOf(timeOf(next), now) : { text: 'none', style: 'dim' },
    last
      ? { text: `${clockOf(timeOf(last.tick), now)} ${whatOf(last)}`, style: styleOf(last) }
      : { text: 'none yet', style: 'dim' },
    inWords(job),
  ];
}

/** As `--json` has it; see docs/cli.md. */
function entry(view: JobView, now: number) {
  const { job, next, holders, waiting, failures, paused } = view;
  const { name, description, expressions, timeZone, enabled } = job;
  const last = lastRun(view);
  return {
    job: name,
    description,
    schedule: inWords(job),
    expressions,
    timeZone,
    enabled,
    state: stateOf(view, now),
    next,
    last: last && { tick: last.tick, status: last.status, finishedAt: last.finishedAt },
    running: holders.map(({ holder: { tick, attempt, startedAt }, isDead }) => ({
      tick,
      attempt,
      startedAt,
      isDead,
    })),
    waiting: waiting.map(({ tick }) => tick),
    failures,
    paused: paused && {
      by: paused.by,
      why: paused.why,
      since: paused.since,
      until: paused.until,
    },
  };
}
