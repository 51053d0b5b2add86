import { type Html, html, type Shown } from './html.ts';

/** Names and values, one below the other; what has no value is left out. */
export function facts(known: readonly [name: string, value: Shown][]): Html {
  return html`<dl class="pq-facts">${known.map(
    ([name, value]) => value !== undefined && html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}
