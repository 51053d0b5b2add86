import { type Html, html } from '../functions/console/html.ts';
import type { Email } from './email.ts';
import { documentOf, timeOf } from './page.ts';
import type { Alert } from './sns-api.ts';

const SHOWN = 50;

/** What would have left the cloud, oldest first. */
export interface Outbox {
  alerts: readonly Alert[];
  emails: readonly Email[];
}

/** The page with what would have been sent, newest first. */
export function outboxPage({ alerts, emails }: Outbox): string {
  return documentOf(html`<p><a href="/">Jobs</a></p>
<h1>Outbox</h1>
<h2>Alerts (${alerts.length})</h2>
${listOf(alerts, ({ attributes }) => pairs(attributes))}
<h2>E-mails (${emails.length})</h2>
${listOf(emails, ({ to }) => `to ${to.join(', ')}`)}`);
}

type Message = Pick<Email, 'time' | 'subject' | 'text'>;

function listOf<M extends Message>(messages: readonly M[], toWhom: (message: M) => string): Html {
  const newest = messages.slice(-SHOWN).reverse();
  if (newest.length === 0) return html`<p>None yet.</p>`;
  return html`${newest.map(
    (message) => html`<h3>${message.subject}</h3>
<p>${timeOf(message.time)} ${toWhom(message)}</p>
<pre>${message.text}</pre>
`,
  )}`;
}

/** `job sweep, kind failed`. */
function pairs(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
