import type { JobView } from '../../core/operations/overview.ts';
import { lastRun } from '../../core/operations/read-overview.ts';
import type { Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { badge, lookOf, shapeOf, whatOf } from './looks.ts';
import { oneLine } from './text.ts';
import { clockOf, distance, lengthOf } from './times.ts';

const MARKS = 20;
/** Pixels. */
const MARK = 11;
const GAUGE = 64;

/** What a job is doing, or why it is not: every state there is at once. */
export function stateOf(
  { job, holders, paused, waiting, failures, runs }: JobView,
  now: number,
): Html {
  const isIdle = job.enabled && !paused && holders.length === 0 && waiting.length === 0;
  const again = runs.find(({ retryAt }) => retryAt !== undefined)?.retryAt;
  return html`${!job.enabled && html`<span class="pq-state">– off</span>`}${
    paused &&
    html`<span class="pq-state pq-paused" title="${oneLine(paused.why, 300)}">Ⅱ paused by ${oneLine(paused.by, 60)}${paused.until && `, until ${clockOf(Date.parse(paused.until), now)}`}</span>`
  }${holders.map(({ holder, isDead, level }) => {
    const age = lengthOf(now - Date.parse(holder.startedAt));
    if (isDead) return badge('crashed', 'dead, holds its lock');
    return badge('running', `running ${age}${level ? `: ${level}` : ''}`);
  })}${waiting.length > 0 && badge('waiting', `${waiting.length} in the queue`)}${
    again && badge('waiting', `next attempt ${clockOf(Date.parse(again), now)}`)
  }${isIdle && !again && html`<span class="pq-quiet">idle</span>`}${
    failures > 0 && html`<span class="pq-state pq-is-failing">✕ ${failures} failed in a row</span>`
  }`;
}

/** Its last runs, the newest to the right, as a clock goes. */
export function lastMarks(runs: readonly Run[], now: number): Html {
  const shown = runs.slice(0, MARKS).toReversed();
  if (shown.length === 0) return html`<span class="pq-quiet">none yet</span>`;
  // Always as wide as twenty, so that the newest of all jobs stand below each other.
  const from = MARKS - shown.length;
  return html`<svg class="pq-marks" width="${MARKS * MARK}" height="${MARK}" role="img" aria-label="last runs">${shown.map(
    (run, i) =>
      html`<svg x="${(from + i) * MARK}">${shapeOf(lookOf(run), `${clockOf(timeOf(run.tick), now)} ${whatOf(run)}`)}</svg>`,
  )}</svg>`;
}

/** How long the last run took, against its timeout; notches where it would count as overdue. */
export function lastDuration({ job, runs }: JobView): Html {
  const run = lastRun({ runs });
  if (!run?.startedAt) return html`<span class="pq-quiet">–</span>`;
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  const share = Math.min(Math.max(took / job.timeout, 0), 1);
  const level = job.warnAfter.findLast(({ after }) => took >= after)?.level;
  return html`<span class="pq-nowrap">${lengthOf(took)} <span class="pq-quiet">of ${lengthOf(job.timeout)}</span></span>
<svg class="pq-gauge" width="${GAUGE}" height="6" role="img" aria-label="${Math.round(share * 100)}% of the timeout"><rect class="pq-gauge-all" width="${GAUGE}" height="6" rx="3"/><rect class="pq-gauge-${level ? 'much' : 'some'}" width="${Math.max(2, Math.round(share * GAUGE))}" height="6" rx="3"/>${job.warnAfter.map(
    ({ after }) =>
      html`<path class="pq-notch" d="M${Math.round((after / job.timeout) * GAUGE)} 0v6"/>`,
  )}</svg>`;
}

/** When it runs next. */
export function nextOf({ next, paused }: JobView, now: number): Html {
  if (next === undefined) return html`<span class="pq-quiet">none</span>`;
  const time = timeOf(next);
  return html`<span class="pq-nowrap">${clockOf(time, now)} <span class="pq-quiet">${paused ? 'will be skipped' : distance(time, now)}</span></span>`;
}

/** What can be done to a job. */
export function jobButtons({ job, paused }: JobView, back: Place, frame: Frame): Html {
  const on = paused ? ('resume' as const) : ('pause' as const);
  return html`${frame.button({ action: 'run', job: job.name }, back)} ${frame.button({ action: on, job: job.name }, back)}`;
}
