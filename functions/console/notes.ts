import type { Note } from '../../core/operations/note.ts';
import { timeOf } from '../../core/run/tick.ts';
import { nameOf } from './deeds.ts';
import type { Frame } from './frame.ts';
import { type Html, html } from './html.ts';
import { oneLine } from './text.ts';
import { clockOf, fullOf } from './times.ts';

/** What people did, newest first. */
export function notesTable(notes: readonly Note[], now: number, frame: Frame): Html {
  if (notes.length === 0) return html`<p class="pq-quiet">Nobody did anything yet.</p>`;
  return html`<table class="pq-table"><thead><tr><th>when</th><th>who</th><th>what</th><th>job</th><th>why</th><th>what came of it</th></tr></thead><tbody>${notes.map(
    (note) => row(note, now, frame),
  )}</tbody></table>`;
}

function row(
  { at, by, via, what, job, tick, why, outcome }: Note,
  now: number,
  frame: Frame,
): Html {
  return html`<tr><td class="pq-tight" title="${fullOf(at)} UTC">${clockOf(Date.parse(at), now)}</td><td class="pq-tight">${oneLine(by, 60)} <span class="pq-quiet">${via}</span></td>
<td class="pq-tight">${nameOf(what)}</td><td class="pq-tight">${frame.link(job, { view: 'job', job })}${
    tick !== undefined &&
    html` ${frame.link(clockOf(timeOf(tick), now), { view: 'run', job, tick })}`
  }</td><td>${why !== undefined && oneLine(why, 200)}</td><td class="pq-wide">${oneLine(outcome, 300)}</td></tr>`;
}
