import { type Html, html } from '../functions/console/html.ts';
import type { Asked, Shown } from './console.ts';
import { counted, type Left, remains } from './left.ts';
import type { Outbox } from './outbox.ts';

/** Seconds after which the list of jobs loads itself again. */
const AGAIN_AFTER = 5;

export interface PageInput extends Outbox {
  shown: Shown;
  asked: Asked;
  /** Simulated milliseconds since 1970. */
  now: number;
  left: Left;
}

/** A page of the console, and below it what only the local cloud knows. */
export function consolePage({ shown, asked, now, left, alerts, emails }: PageInput): string {
  const { view = 'jobs', action } = asked;
  // A page that somebody reads, or writes into, must not go away meanwhile.
  const hasForm = shown.html.text.includes('<form');
  const isPlain = view === 'jobs' && action === undefined && !shown.isOutcome && !hasForm;
  const told = remains(left).join('; ');
  const latest = alerts.at(-1);
  return documentOf(
    html`${shown.html}
<footer>
<p>${timeOf(now)} UTC on the simulated clock. <a href="/outbox">Outbox</a>: ${counted(alerts.length, 'alert')}, ${counted(emails.length, 'e-mail')}.${
      latest && html` The last alert: ${timeOf(latest.time)} ${latest.subject}`
    }</p>
${told && html`<p>${told}</p>`}</footer>`,
    isPlain && html`<meta http-equiv="refresh" content="${AGAIN_AFTER}">`,
  );
}

/** @param head more of what stands in its head */
export function documentOf(body: Html, head: Html | false = false): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">${head}
<meta name="viewport" content="width=device-width">
<title>Punctual</title>
<style>
:root { color-scheme: light dark; }
body { font: 14px/1.45 system-ui, sans-serif; max-width: 1280px; margin: 28px auto; padding: 0 24px; background: light-dark(#fff, #14181e); }
a { color: light-dark(#0b5cad, #7ab7ff); }
footer { margin-top: 2rem; border-top: 1px solid #8886; font-size: .9em; }
pre { white-space: pre-wrap; padding: .5rem .8rem; border-left: 3px solid #8886; }
</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

/** To the second. */
export function timeOf(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
