import type { JobView } from '../../core/operations/overview.ts';
import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { jobButtons, lastDuration, lastMarks, nextOf, stateOf } from './job-cells.ts';
import type { Selection } from './selection.ts';
import { oneLine } from './text.ts';

const EXPRESSIONS = 2;

/** The jobs of the list that are shown. */
export function jobsTable({ jobs, all, place }: Selection, now: number, frame: Frame): Html {
  if (all === 0)
    return html`<p class="pq-quiet">The list has no jobs: add one to infra/schedules.ts.</p>`;
  if (jobs.length === 0) return html`<p class="pq-quiet">No job has such a name.</p>`;
  return html`<table class="pq-table"><thead><tr><th>job</th><th>state</th><th>schedule</th><th>next tick</th><th>last runs</th><th>last took</th><th></th></tr></thead><tbody>${jobs.map(
    (view) => row(view, place, now, frame),
  )}</tbody></table>`;
}

function row(view: JobView, back: Place, now: number, frame: Frame): Html {
  const { name, description } = view.job;
  return html`<tr><td class="pq-name" title="${oneLine(description, 300)}">${frame.link(name, { view: 'job', job: name })}</td>
<td>${stateOf(view, now)}</td><td>${schedules(view)}</td><td>${nextOf(view, now)}</td>
<td>${lastMarks(view.runs, now)}</td><td>${lastDuration(view)}</td>
<td class="pq-buttons">${jobButtons(view, back, frame)}</td></tr>`;
}

function schedules({ job: { expressions, timeZone } }: JobView): Html {
  const left = expressions.length - EXPRESSIONS;
  return html`${expressions.slice(0, EXPRESSIONS).map((one) => html`<code>${one}</code><br>`)}${
    left > 0 && html`<span class="pq-quiet" title="${expressions.join(' ')}">+${left}</span> `
  }<span class="pq-quiet">${timeZone}</span>`;
}
