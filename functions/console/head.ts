import type { Health, Reason } from '../../core/operations/health.ts';
import type { Frame } from './frame.ts';
import { type Html, html } from './html.ts';
import { count, oneLine } from './text.ts';
import { distance, fullOf } from './times.ts';

const REASONS_SHOWN = 8;
const SIGNS = { healthy: '●', degraded: '▲', failing: '■' } as const;

/** What came of what somebody asked for, or why it was not done. */
export interface Notice {
  text: string;
  isBad: boolean;
}

/** The first line of the jobs' page: how things are; and why, where they are not well. */
export function head(health: Health, now: number, frame: Frame): Html {
  const { status, reasons, sweeper, jobs } = health;
  const swept = sweeper.lastSweep
    ? `swept ${distance(Date.parse(sweeper.lastSweep), now)}`
    : 'not swept yet';
  const running = jobs.reduce((sum, { holders }) => sum + holders.length, 0);
  const left = reasons.length - REASONS_SHOWN;
  return html`<header class="pq-head"><h1>Punctual</h1>
<span class="pq-health pq-is-${status}">${SIGNS[status]} ${status}</span>
<span class="pq-quiet">${health.store.reachable && `${count(jobs.length, 'job')}, ${running} running, ${swept}; `}${fullOf(now)} UTC</span></header>
${
  reasons.length > 0 &&
  html`<ul class="pq-reasons">${reasons.slice(0, REASONS_SHOWN).map((reason) => reasonLine(reason, frame))}${
    left > 0 && html`<li class="pq-quiet">and ${left} more</li>`
  }</ul>`
}`;
}

function reasonLine({ severity, job, what }: Reason, frame: Frame): Html {
  const text = oneLine(what, 300);
  return html`<li><span class="pq-is-${severity === 'failing' ? 'failing' : 'degraded'}">${SIGNS[severity]} ${severity}</span> ${
    job !== undefined && html`${frame.link(job, { view: 'job', job })} `
  }${text}</li>`;
}

/** One line above everything. */
export function noticeLine(notice: Notice | undefined): Html | undefined {
  if (!notice) return undefined;
  const { text, isBad } = notice;
  return html`<p class="pq-notice ${isBad ? 'pq-refused' : 'pq-done'}">${isBad ? '✕' : '✓'} ${oneLine(text, 1_000)}</p>`;
}
