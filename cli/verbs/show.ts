import { logLink } from '../../core/operations/log-link.ts';
import type { Note } from '../../core/operations/note.ts';
import type { HeldView } from '../../core/operations/overview.ts';
import { readOverview } from '../../core/operations/read-overview.ts';
import type { PastAttempt, Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import { lookOf, whatOf, wordsOf } from '../../functions/console/looks.ts';
import { oneLine } from '../../functions/console/text.ts';
import { distance, fullOf, lengthOf } from '../../functions/console/times.ts';
import { pretty } from '../../functions/console/value.ts';
import type { Connection } from '../connection.ts';
import { jobIn, tickIn } from '../named.ts';
import { type Cell, type Out, safe } from '../out.ts';
import { Failed } from '../problem.ts';
import { styleOf } from '../style.ts';

const NOTES_LOOKED_AT = 200;

/** `punctual show <job> <tick>`. */
export async function run(
  { isLocal, jobs, ledger, store, region, now }: Connection,
  [job = '', text = '']: readonly string[],
  _options: object,
  out: Out,
): Promise<number> {
  const tick = tickIn(text);
  const present = await now();
  const known = jobs.filter(({ name }) => name === job);
  const [row, overview, notes] = await Promise.all([
    ledger.readRun(job, tick),
    readOverview(known, store, present),
    store.notesOf(job, NOTES_LOOKED_AT),
  ]);
  const held = overview.jobs
    .flatMap(({ holders }) => holders)
    .find(({ holder }) => holder.tick === tick);
  // The run of a job that left the list can still be seen.
  if (!row && !held && known.length === 0) jobIn(job, jobs);
  if (!row && !held)
    throw new Failed(`${job} has no run ${tick}; npx punctual runs ${job} has all`);
  const link = row && !isLocal ? logLink(row, region) : undefined;
  const about = notes.filter((note) => note.tick === tick);
  const value = { ...(row ?? { job, tick }), running: held?.holder, notes: about, logLink: link };
  out.answer(value, () => {
    if (held) running(held, present, out);
    if (row) shown(row, link, present, out);
    for (const note of about) out.line(said(note));
  });
  return 0;
}

function running({ holder, isDead }: HeldView, now: number, out: Out): void {
  const { job, tick, attempt, startedAt } = holder;
  const age = lengthOf(now - Date.parse(startedAt));
  const what = isDead ? 'died, and holds its lock' : `runs for ${age}`;
  out.line(`${job} ${tick}: attempt ${attempt} ${what}`);
}

function shown(row: Run, link: string | undefined, now: number, out: Out): void {
  const { job, tick, retryAt, error, output, attempt } = row;
  out.line(`${job} ${tick}: ${out.style(styleOf(row), whatOf(row))}`);
  if (retryAt) out.line(`the next attempt is due ${distance(Date.parse(retryAt), now)}`);
  out.line();
  out.table([], factsOf(row, link));
  if (error) out.line(`\n${out.style('red', safe(error.name))}: ${safe(error.message)}`);
  if (output !== undefined) out.line(`\noutput\n${safe(pretty(output))}`);
  if (attempt > 1 || row.earlier) {
    out.line();
    out.table(
      ['attempt', 'what', 'started', 'took', 'error'],
      [...(row.earlier ?? []), row].map(attemptRow),
    );
  }
}

function factsOf(row: Run, link: string | undefined): Cell[][] {
  const { tick, trigger, attempt, startedAt, finishedAt, fence, requestId, instanceId } = row;
  const known: [string, string | undefined][] = [
    ['asked for by', trigger],
    ['attempts', attempt === 0 ? 'none was made' : String(attempt)],
    [
      'started',
      startedAt &&
        `${fullOf(startedAt)} UTC, ${lengthOf(Date.parse(startedAt) - timeOf(tick))} after its tick`,
    ],
    ['ended', `${fullOf(finishedAt)} UTC`],
    ['took', startedAt && lengthOf(Date.parse(finishedAt) - Date.parse(startedAt))],
    ['fencing token', String(fence)],
    ['request', requestId],
    ['environment', instanceId],
    ['log', link ?? row.logStream],
  ];
  return known.flatMap(([name, value]) =>
    value === undefined ? [] : [[{ text: name, style: 'dim' }, value]],
  );
}

function attemptRow(one: PastAttempt | Run): Cell[] {
  const { attempt, status, reason, startedAt, finishedAt, error } = one;
  return [
    String(attempt),
    {
      text: reason ? `${wordsOf(lookOf({ status }))}: ${reason}` : wordsOf(lookOf({ status })),
      style: styleOf({ status }),
    },
    startedAt ? fullOf(startedAt) : '',
    startedAt ? lengthOf(Date.parse(finishedAt) - Date.parse(startedAt)) : '',
    error ? oneLine(`${error.name}: ${error.message}`, 200) : '',
  ];
}

function said({ at, by, via, what, why, outcome }: Note): string {
  const reason = why ? ` (${safe(why)})` : '';
  return `\n${fullOf(at)} UTC ${safe(by)}, ${via}: ${what}${reason}: ${safe(outcome)}`;
}
