import type { Note } from '../../core/operations/note.ts';
import type { JobView } from '../../core/operations/overview.ts';
import type { Deployed } from '../../core/run/limits.ts';
import { timeOf } from '../../core/run/tick.ts';
import { toDuration } from '../../core/schedule/duration.ts';
import { facts } from './facts.ts';
import type { Frame } from './frame.ts';
import { holdersTable } from './holders.ts';
import { type Html, html } from './html.ts';
import { jobButtons, lastDuration, lastMarks, nextOf, stateOf } from './job-cells.ts';
import { notesTable } from './notes.ts';
import { runsTable } from './runs-table.ts';
import { count, oneLine } from './text.ts';
import { lastDay, legend, timeline } from './timeline.ts';
import { clockOf, fullOf, lengthOf } from './times.ts';

/** One job: what it does, how it does, its runs, and what people did to it. */
export function jobView(
  view: JobView,
  notes: readonly Note[],
  said: { who?: string; why?: string },
  now: number,
  frame: Frame,
): Html {
  const { job, paused, runs } = view;
  const here = { view: 'job', job: job.name } as const;
  const held = holdersTable([view], here, now, frame);
  const day = lastDay(now);
  return html`<p class="pq-path">${frame.link('All jobs', { view: 'jobs' })}</p>
<header class="pq-head"><h1>${job.name}</h1> ${stateOf(view, now)} ${jobButtons(view, here, frame)}</header>
${job.description !== '' && html`<p>${job.description}</p>`}${frame.person(said)}
${paused && html`<p class="pq-notice pq-refused">Ⅱ Paused by ${oneLine(paused.by, 60)} since ${fullOf(paused.since)} UTC${paused.until && `, until ${fullOf(paused.until)} UTC`}: ${oneLine(paused.why, 1_000)}</p>`}
${facts([
  ['next tick', nextOf(view, now)],
  ['last runs', lastMarks(runs, now)],
  ['last took', lastDuration(view)],
  ...settingsOf(job),
])}
${held && html`<section><h2>Running now</h2>${held}</section>`}
${view.waiting.length > 0 && html`<section><h2>In the queue</h2>${queue(view, now)}</section>`}
<section><h2>The last 24 hours</h2>${timeline([view], day.span, day.grid, now, frame)}${legend()}</section>
<section><h2>Runs</h2>${runsTable(runs, job.timeout, now, frame)}</section>
<section><h2>What people did</h2>${notesTable(notes, now, frame)}</section>`;
}

function settingsOf({
  expressions,
  timeZone,
  timeout,
  misfireGrace,
  limits,
  since,
}: Deployed): [string, Html | string | undefined][] {
  const { lock, room, concurrency, overlap, catchUp, retryDelays, pauseAfter } = limits;
  return [
    ['schedule', html`${expressions.map((one) => html`<code>${one}</code> `)}${timeZone}`],
    ['made at run time', since && `${fullOf(since)} UTC`],
    ['timeout', toDuration(timeout)],
    ['lock', `${lock}, for ${room} at once; this job ${concurrency}`],
    ['overlap', overlap],
    ['misfire grace', misfireGrace === 0 ? 'none' : lengthOf(misfireGrace)],
    ['catch up', catchUp],
    ['retries after', retryDelays.length === 0 ? 'none' : retryDelays.map(lengthOf).join(', ')],
    ['pauses after', pauseAfter === 0 ? 'never' : `${count(pauseAfter, 'run')} failed in a row`],
  ];
}

function queue({ waiting }: JobView, now: number): Html {
  return html`<ul>${waiting.map(
    ({ tick, trigger, attempt, since, rest = [] }) =>
      html`<li>${clockOf(timeOf(tick), now)}, ${trigger}, attempt ${attempt}, for ${lengthOf(now - since)}${rest.length > 0 && `, and ${count(rest.length, 'tick')} after it`}</li>`,
  )}</ul>`;
}
