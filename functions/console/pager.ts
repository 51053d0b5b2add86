import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { JOBS_A_PAGE, type Selection } from './selection.ts';

/** Which jobs of a long list are shown, and how to come to the others; nothing where all are. */
export function pager(selection: Selection, frame: Frame): Html | undefined {
  const { from, jobs, matching, all, place } = selection;
  if (all <= JOBS_A_PAGE) return undefined;
  const { find, worstFirst } = place;
  const last = Math.floor(Math.max(0, matching - 1) / JOBS_A_PAGE) * JOBS_A_PAGE;
  const to = (label: string, at: number) =>
    at !== from &&
    html`<span>${frame.link(label, { ...place, from: at > 0 ? at : undefined })}</span>`;
  return html`${frame.finder(place)}
<p class="pq-pager"><span>${matching > 0 && `${from + 1} to ${from + jobs.length} of `}${matching}${
    find !== undefined &&
    html` whose name has <b>${find}</b> in it ${frame.link('show all', { ...place, find: undefined, from: undefined })}`
  }</span>${to('first', 0)}${to('before', Math.max(0, from - JOBS_A_PAGE))}${to('next', Math.min(last, from + JOBS_A_PAGE))}${to('last', last)}
<span>${orderLink({ ...place, from: undefined, worstFirst: worstFirst ? undefined : true }, frame)}</span></p>`;
}

/** @param to where they are in the other order */
function orderLink(to: Place, frame: Frame): Html {
  return frame.link(to.worstFirst ? 'those that need attention first' : "in the list's order", to);
}
