import type { HeldView, JobView } from '../../core/operations/overview.ts';
import { timeOf } from '../../core/run/tick.ts';
import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { badge } from './looks.ts';
import { clockOf, lengthOf } from './times.ts';

const SHOWN = 50;

/** Who holds a lock now, the dead first; `undefined` where nobody does. */
export function holdersTable(
  views: readonly JobView[],
  back: Place,
  now: number,
  frame: Frame,
): Html | undefined {
  const all = views.flatMap(({ job, holders }) => holders.map((held) => ({ job: job.name, held })));
  if (all.length === 0) return undefined;
  const isDead = ({ held }: (typeof all)[number]) => held.isDead;
  const rows = [...all.filter(isDead), ...all.filter((one) => !isDead(one))]
    .slice(0, SHOWN)
    .map(({ job, held }) => row(job, held, back, now, frame));
  const left = all.length - SHOWN;
  return html`<table class="pq-table"><thead><tr><th>job</th><th>tick</th><th>attempt</th><th>runs for</th><th>lease</th><th>fencing token</th><th></th></tr></thead><tbody>${rows}</tbody></table>${
    left > 0 && html`<p class="pq-quiet">and ${left} more</p>`
  }`;
}

function row(
  name: string,
  { holderKey, holder, fence, isDead, level }: HeldView,
  back: Place,
  now: number,
  frame: Frame,
): Html {
  const { tick, attempt, trigger, startedAt, leaseExpiresAt } = holder;
  const lease = isDead
    ? `ran out ${lengthOf(now - leaseExpiresAt)} ago`
    : `ends in ${lengthOf(leaseExpiresAt - now)}`;
  const age = lengthOf(now - Date.parse(startedAt));
  return html`<tr><td>${frame.link(name, { view: 'job', job: name })}</td>
<td>${frame.link(clockOf(timeOf(tick), now), { view: 'run', job: name, tick })}</td><td>${attempt} <span class="pq-quiet">${trigger}</span></td>
<td>${isDead ? badge('crashed', 'dead') : badge('running', level ? `${age}: ${level}` : age)}</td><td>${lease}</td><td>${fence}</td>
<td class="pq-buttons">${
    // A living one keeps its lock: freed, its job could run twice at once.
    isDead && frame.button({ action: 'unlock', job: name, holder: holderKey }, back)
  }</td></tr>`;
}
