import { DEEDS } from './deeds.ts';
import { addressOf, type Deed, fieldsOf, type Place, pauseLengths } from './frame.ts';
import { type Html, html } from './html.ts';

/**
 * Asks once more before something is done: the page's buttons lead here. Only the form does it, since an
 * address that does something would do it for whoever opens it.
 *
 * @param back what is shown once it is done
 */
export function confirmView(deed: Deed, back: Place): Html {
  const { label, ask } = DEEDS[deed.action];
  const { job } = deed;
  const hidden = fieldsOf({ ...deed, ...back });
  return html`<form class="pq-confirm" method="post" action="/"><h1>${label}: ${job}</h1><p>${ask(deed)}</p>
${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${deed.action === 'pause' && html`<label>For how long ${pauseLengths()}</label>`}
<label>Why <input name="why" placeholder="for the audit" autofocus></label>
<p><button class="pq-button pq-main" type="submit">${label}</button> <a class="pq-link" href="${addressOf({ ...back })}">Cancel</a></p></form>`;
}
