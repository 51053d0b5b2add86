import { healthOf } from '../../core/operations/health.ts';
import type { Overview } from '../../core/operations/overview.ts';
import type { Spread } from '../../core/operations/spread.ts';
import { attentionTable } from './attention.ts';
import type { Frame } from './frame.ts';
import { head } from './head.ts';
import { holdersTable } from './holders.ts';
import { type Html, html } from './html.ts';
import { jobsTable } from './jobs-table.ts';
import { notesTable } from './notes.ts';
import { pager } from './pager.ts';
import type { Selection } from './selection.ts';
import { spreadView } from './spread-view.ts';
import { lastDay, legend, thisHour, timeline } from './timeline.ts';

/** All that the first page shows. */
export interface Jobs {
  /** Of all jobs; of those that are not shown without their runs. */
  overview: Overview;
  /** With their runs. */
  shown: Selection;
  spread: Spread;
}

/** The first page: how things are, what needs somebody, the jobs, and what happened when. */
export function jobsView(
  { overview, shown, spread }: Jobs,
  said: { who?: string; why?: string },
  frame: Frame,
): Html {
  const { notes, now } = overview;
  const { jobs, place } = shown;
  const held = holdersTable(overview.jobs, place, now, frame);
  const [day, hour] = [lastDay(now), thisHour(now)];
  return html`${head(healthOf(overview), now, frame)}${frame.person(said)}
<section><h2>Needs attention</h2>${attentionTable(overview, place, frame)}</section>
<section><h2>Jobs</h2>${pager(shown, frame)}${jobsTable(shown, now, frame)}</section>
${held && html`<section><h2>Running now</h2>${held}</section>`}
${
  jobs.length > 0 &&
  html`<section><h2>The last hour, and what comes next</h2>${timeline(jobs, hour.span, hour.grid, now, frame)}</section>
<section><h2>The last 24 hours</h2>${timeline(jobs, day.span, day.grid, now, frame)}${legend()}</section>`
}
${shown.all > 0 && html`<section><h2>Starts of a day</h2>${spreadView(spread)}</section>`}
<section><h2>What people did</h2>${notesTable(notes, now, frame)}</section>`;
}
