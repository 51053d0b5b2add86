import { nextTick } from '../core/schedule/ticks.ts';
import type { Email } from './email.ts';
import type { History } from './history.ts';
import { type Left, remains } from './left.ts';
import type { Report } from './report.ts';
import type { ScheduleResource } from './resources.ts';

const EMAILS_SHOWN = 20;

export interface PageInput {
  /** Simulated milliseconds since 1970. */
  now: number;
  schedules: ScheduleResource[];
  history: History;
  emails: readonly Email[];
  left: Left;
}

/** The local page: plain HTML that loads itself again. A richer console takes its place later. */
export function page({ now, schedules, history, emails, left }: PageInput): string {
  const jobs = [...new Set(schedules.map(({ job }) => job))];
  const rows = jobs.map((job) =>
    jobRow(
      job,
      schedules.filter((schedule) => schedule.job === job),
      history,
      now,
    ),
  );
  const shown = emails.slice(-EMAILS_SHOWN).reverse();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width">
<title>Punctual</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Punctual</h1>
<p>${timeOf(now)} UTC on the simulated clock</p>
${leftLine(left)}<h2>Jobs</h2>
<table>
<tr><th>job</th><th>schedule</th><th>next tick</th><th>last runs</th></tr>
${rows.join('\n')}
</table>
<h2>E-mails (${emails.length})</h2>
${shown.map(emailBlock).join('\n') || '<p>None yet.</p>'}
</body>
</html>
`;
}

function jobRow(job: string, schedules: ScheduleResource[], history: History, now: number): string {
  const enabled = schedules.filter((schedule) => schedule.enabled);
  const next = enabled
    .flatMap(({ expression, timeZone }) => nextTick(expression, timeZone, new Date(now)) ?? [])
    .sort()[0];
  const expressions = schedules.map(
    ({ expression, timeZone }) => `<code>${escapeHtml(expression)}</code> ${escapeHtml(timeZone)}`,
  );
  const runs = history.lastOf(job);
  return `<tr><td>${escapeHtml(job)}</td><td>${expressions.join('<br>')}</td>
<td>${next ? timeOf(Date.parse(next)).slice(0, 16) : 'none'}</td>
<td>${runs.map(mark).join('')} ${runs[0] ? lastRun(runs[0]) : 'none yet'}</td></tr>`;
}

function leftLine(left: Left): string {
  const told = remains(left).join('; ');
  return told && `<p${left.poison > 0 ? ' class="failed"' : ''}>${told}</p>\n`;
}

/** Newest to the left, one mark a run; the words are in its title and, for the last run, beside it. */
function mark(run: Report): string {
  const symbol = { succeeded: '●', skipped: '○', waiting: '◔' }[wordOf(run)] ?? '✕';
  const word = escapeHtml(wordOf(run));
  return `<span class="${word}" title="${timeOf(run.time)} ${word}">${symbol}</span>`;
}

/** A failure that will be tried again is not one yet. */
function wordOf({ status, retryAt }: Report): string {
  return retryAt === undefined ? status : 'waiting';
}

function lastRun({ time, status, durationMs, text }: Report): string {
  return `<br>${timeOf(time)} ${escapeHtml(status)}, ${durationMs} ms${text && `: ${escapeHtml(text)}`}`;
}

function emailBlock({ time, to, subject, text }: Email): string {
  return `<h3>${escapeHtml(subject)}</h3>
<p>${timeOf(time)} to ${escapeHtml(to.join(', '))}</p>
<pre>${escapeHtml(text)}</pre>`;
}

function timeOf(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td:nth-child(-n + 3) { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886; }
h3 { font-size: 1em; margin: 1.2rem 0 0; }
h3 + p { margin: 0; opacity: .7; }
pre { white-space: pre-wrap; margin: .3rem 0 0; padding: .5rem .8rem; border-left: 3px solid #8886; }
.succeeded { color: light-dark(#18794e, #3dd68c); }
.skipped, .waiting { color: light-dark(#915930, #ffca16); }
.failed, .timed_out, .crashed, .missed { color: light-dark(#ce2c31, #ff9592); }
`;
