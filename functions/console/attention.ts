import type { JobView, Overview } from '../../core/operations/overview.ts';
import { failedForGood } from '../../core/run/failure-policy.ts';
import type { Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { badge, lookOf, whatOf } from './looks.ts';
import { oneLine } from './text.ts';
import { clockOf, fullOf } from './times.ts';

const SHOWN = 30;
const ERROR_SHOWN = 240;

/** Runs of one job that came to the same end: a person deals with them together. */
interface Trouble {
  /** Newest first. */
  runs: [Run, ...Run[]];
  /** Whether the job has succeeded since. */
  isOver: boolean;
}

/** What needs attention, worst first; what has righted itself comes last. */
export function attentionTable(
  { attention, jobs, now }: Overview,
  back: Place,
  frame: Frame,
): Html {
  const troubles = troublesOf(attention, jobs);
  if (troubles.length === 0) return html`<p class="pq-quiet">Nothing in the last three days.</p>`;
  const left = troubles.length - SHOWN;
  return html`<table class="pq-table"><thead><tr><th>what</th><th>job</th><th>tick</th><th>why</th><th></th></tr></thead><tbody>${troubles
    .slice(0, SHOWN)
    .map((trouble) => row(trouble, back, now, frame))}</tbody></table>${
    left > 0 && html`<p class="pq-quiet">and ${left} more; each job's page has its own</p>`
  }`;
}

function troublesOf(attention: readonly Run[], jobs: readonly JobView[]): Trouble[] {
  const views = new Map(jobs.map((view) => [view.job.name, view]));
  const groups = Map.groupBy(attention, (run) => [run.job, lookOf(run), run.reason].join(' '));
  const troubles = [...groups.values()].map((runs): Trouble => {
    const [first, ...rest] = runs.toSorted((a, b) => (a.tick < b.tick ? 1 : -1)) as [Run, ...Run[]];
    return { runs: [first, ...rest], isOver: hasSucceededSince(first, views.get(first.job)) };
  });
  return [...troubles.filter(({ isOver }) => !isOver), ...troubles.filter(({ isOver }) => isOver)];
}

/** By its lock, which knows the last, and by the runs that are shown of it, where they are. */
function hasSucceededSince(run: Run, view: JobView | undefined): boolean {
  const { job, tick } = run;
  const last = view?.lock?.last[job];
  // A skip since hides the success from the lock, but not that it ended the failures.
  if (failedForGood(run) && last && last.tick > run.tick && view?.failures === 0) return true;
  return [...(view?.runs ?? []), ...(last ? [last] : [])].some(
    (other) => other.status === 'succeeded' && other.tick > tick,
  );
}

function row({ runs, isOver }: Trouble, back: Place, now: number, frame: Frame): Html {
  const [newest] = runs;
  const { job, tick, error, retryAt, status } = newest;
  const oldest = runs.at(-1) ?? newest;
  const why = error ? `${error.name}: ${error.message}` : '';
  const since =
    runs.length > 1 &&
    `${runs.length} ticks since ${clockOf(timeOf(oldest.tick), now)}${why && ': '}`;
  return html`<tr${isOver && html` class="pq-over"`}><td class="pq-tight">${badge(lookOf(newest), whatOf({ status, reason: newest.reason }))}</td>
<td class="pq-tight">${frame.link(job, { view: 'job', job })}</td>
<td class="pq-tight" title="${fullOf(tick)} UTC">${frame.link(clockOf(timeOf(tick), now), { view: 'run', job, tick })}</td>
<td class="pq-wide">${since}${oneLine(why, ERROR_SHOWN)}${
    retryAt &&
    html` <span class="pq-quiet">attempt ${newest.attempt + 1} at ${clockOf(Date.parse(retryAt), now)}</span>`
  }${isOver && html`<div>It has succeeded since, or was reset.</div>`}</td>
<td class="pq-buttons">${retryAt === undefined && frame.button({ action: 'retry', job, tick }, back)}</td></tr>`;
}
