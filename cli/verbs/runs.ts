import type { OperationsStore } from '../../core/ledger/operations-store.ts';
import type { Run, Status } from '../../core/run/states.ts';
import { DAY } from '../../core/schedule/duration.ts';
import { whatOf } from '../../functions/console/looks.ts';
import { oneLine } from '../../functions/console/text.ts';
import { fullOf, lengthOf } from '../../functions/console/times.ts';
import type { Connection } from '../connection.ts';
import { jobIn } from '../named.ts';
import type { Cell, Out } from '../out.ts';
import { styleOf } from '../style.ts';

interface Options {
  status?: Status;
  /** Milliseconds. */
  since?: number;
  limit: number;
}

/** How far back runs of one status are looked for: they may be rare, and every row before them is read. */
const LOOKED_BACK = 7 * DAY;

/** How many jobs are asked for at once. */
const AT_ONCE = 20;

/** `punctual runs [job]`. */
export async function run(
  { jobs, store, now }: Connection,
  [name]: readonly string[],
  options: Options,
  out: Out,
): Promise<number> {
  const present = await now();
  const names = name === undefined ? jobs.map((job) => job.name) : [name];
  const found: Run[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const some = names.slice(i, i + AT_ONCE).map((job) => runsOf(job, options, present, store));
    found.push(...(await Promise.all(some)).flat());
  }
  // Rows outlive their job: only where there are none is its name a mistake.
  if (name !== undefined && found.length === 0) await known(name, { jobs, store });
  const runs = found
    .sort((a, b) => (a.tick < b.tick ? 1 : a.tick > b.tick ? -1 : 0))
    .slice(0, options.limit);
  out.answer(runs, () => {
    if (runs.length === 0) out.line('no such runs');
    else out.table(['tick', 'job', 'what', 'took', 'why'], runs.map(row));
  });
  return 0;
}

async function runsOf(
  job: string,
  { status, since, limit }: Options,
  now: number,
  store: OperationsStore,
): Promise<Run[]> {
  const window = since ?? (status && LOOKED_BACK);
  if (window === undefined) return (await store.recentRuns(job, limit, END)).slice(0, limit);
  const runs = await store.recentRuns(job, 0, new Date(now - window).toISOString());
  return runs.filter((run) => status === undefined || run.status === status);
}

/** Later than any tick: none besides those that were asked for. */
const END = '9999';

async function known(name: string, { jobs, store }: Pick<Connection, 'jobs' | 'store'>) {
  const rows = await store.recentRuns(name, 1, END);
  if (rows.length === 0) jobIn(name, jobs);
}

function row(run: Run): Cell[] {
  const { tick, job, startedAt, finishedAt, error, trigger, attempt } = run;
  const took = startedAt ? lengthOf(Date.parse(finishedAt) - Date.parse(startedAt)) : '';
  const notes = [
    error && `${error.name}: ${oneLine(error.message, 200)}`,
    attempt > 1 && `attempt ${attempt}`,
    !['schedule', 'retry'].includes(trigger) && trigger,
  ].filter((note) => typeof note === 'string');
  const when = fullOf(tick);
  return [
    when.endsWith(':00') ? when.slice(0, 16) : when,
    job,
    { text: whatOf(run), style: styleOf(run) },
    took,
    notes.join(', '),
  ];
}
