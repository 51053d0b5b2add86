import type { Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import type { Frame } from './frame.ts';
import { type Html, html } from './html.ts';
import { badge, lookOf, whatOf } from './looks.ts';
import { oneLine } from './text.ts';
import { clockOf, fullOf, lengthOf } from './times.ts';

const SHOWN = 100;

/** The runs of a job, newest first. */
export function runsTable(runs: readonly Run[], timeout: number, now: number, frame: Frame): Html {
  if (runs.length === 0) return html`<p class="pq-quiet">None yet.</p>`;
  const left = runs.length - SHOWN;
  return html`<table class="pq-table"><thead><tr><th>tick</th><th>what</th><th>attempt</th><th>started</th><th>took</th><th>why</th><th></th></tr></thead><tbody>${runs
    .slice(0, SHOWN)
    .map((run) => row(run, timeout, now, frame))}</tbody></table>${
    left > 0 && html`<p class="pq-quiet">and ${left} older ones of the last 24 hours</p>`
  }`;
}

function row(run: Run, timeout: number, now: number, frame: Frame): Html {
  const { job, tick, attempt, trigger, startedAt, finishedAt, status, error, retryAt } = run;
  const took = startedAt && Date.parse(finishedAt) - Date.parse(startedAt);
  const canRetry = status !== 'succeeded' && retryAt === undefined;
  return html`<tr><td class="pq-tight" title="${fullOf(tick)} UTC">${frame.link(clockOf(timeOf(tick), now), { view: 'run', job, tick })}</td>
<td class="pq-tight">${badge(lookOf(run), whatOf(run))}</td><td class="pq-tight">${attempt} <span class="pq-quiet">${trigger}</span></td>
<td class="pq-tight">${startedAt && `${lengthOf(Date.parse(startedAt) - timeOf(tick))} after its tick`}</td>
<td class="pq-tight">${typeof took === 'number' && html`<span title="${Math.round((took / timeout) * 100)}% of the timeout">${lengthOf(took)}</span>`}</td>
<td class="pq-wide">${error && oneLine(`${error.name}: ${error.message}`, 200)}</td>
<td class="pq-buttons">${canRetry && frame.button({ action: 'retry', job, tick }, { view: 'job', job })}</td></tr>`;
}
