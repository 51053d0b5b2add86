import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { cut, SHORT, WHOLE } from './text.ts';

/**
 * A text that may be long: its start, with a link to the page that shows all of it.
 *
 * @param whole where that is
 * @param isWhole whether this is that page
 */
export function longText(text: string, whole: Place, isWhole: boolean, frame: Frame): Html {
  const most = isWhole ? WHOLE : SHORT;
  const shown = cut(text, most);
  const left = text.length - shown.length;
  return html`<pre class="pq-value">${shown}</pre>${
    left > 0 &&
    html`<p class="pq-quiet">${left} more characters${isWhole ? ', which only the row itself shows' : html`; ${frame.link('show all of it', whole)}`}</p>`
  }`;
}

/** What a function returned, as people read JSON. */
export function pretty(output: unknown): string {
  return JSON.stringify(output, undefined, 2) ?? 'undefined';
}
