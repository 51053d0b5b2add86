import { healthOf } from '../../core/operations/health.ts';
import type { Overview } from '../../core/operations/overview.ts';
import { attentionTable } from './attention.ts';
import type { Frame } from './frame.ts';
import { head } from './head.ts';
import { holdersTable } from './holders.ts';
import { type Html, html } from './html.ts';
import { jobsTable } from './jobs-table.ts';
import { notesTable } from './notes.ts';
import { lastDay, legend, thisHour, timeline } from './timeline.ts';

/** The first page: how things are, what needs somebody, the jobs, and what happened when. */
export function jobsView(
  overview: Overview,
  said: { who?: string; why?: string },
  frame: Frame,
): Html {
  const { jobs, notes, now } = overview;
  const held = holdersTable(jobs, { view: 'jobs' }, now, frame);
  const [day, hour] = [lastDay(now), thisHour(now)];
  return html`${head(healthOf(overview), now, frame)}${frame.person(said)}
<section><h2>Needs attention</h2>${attentionTable(overview, frame)}</section>
<section><h2>Jobs</h2>${jobsTable(overview, frame)}</section>
${held && html`<section><h2>Running now</h2>${held}</section>`}
${
  jobs.length > 0 &&
  html`<section><h2>The last hour, and what comes next</h2>${timeline(jobs, hour.span, hour.grid, now, frame)}</section>
<section><h2>The last 24 hours</h2>${timeline(jobs, day.span, day.grid, now, frame)}${legend()}</section>`
}
<section><h2>What people did</h2>${notesTable(notes, now, frame)}</section>`;
}
