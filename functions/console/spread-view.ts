import type { Spread } from '../../core/operations/spread.ts';
import { type DayFigures, dayFigures } from '../../core/schedule/day-starts.ts';
import { DAY_MINUTES } from '../../core/schedule/every.ts';
import { type Html, html } from './html.ts';
import { count } from './text.ts';

/** Minutes that are one bar, as high as the fullest of them: more bars than pixels would be noise. */
const BIN = 5;
const BARS = DAY_MINUTES / BIN;
/** Pixels: of the fullest minute of all, and of one start where there are few. */
const HIGHEST = 64;
const START = 14;
/** Pixels below a strip, for the hours. */
const FOOT = 18;
const HOURS = [0, 3, 6, 9, 12, 15, 18, 21];

/** A day of the list, starts a minute: as it was deployed, beside what packing would make of it. */
export function spreadView({ asItIs, flat, packed }: Spread): Html {
  const [now, none] = [dayFigures(asItIs), dayFigures(flat)];
  if (now.count === 0) return html`<p class="pq-quiet">Nothing starts.</p>`;
  const then = packed && dayFigures(packed);
  const most = Math.max(now.fullest.starts, then?.fullest.starts ?? 0);
  const unit = Math.min(START, HIGHEST / most);
  return html`<p class="pq-quiet">${count(now.count, 'start')} a day. Wherever the jobs are put, the fullest minute has ${now.bound} at least; without offsets it has ${none.fullest.starts}. A bar is the fullest of ${BIN} minutes, UTC; what was made at run time, or comes at a rate, is not counted.</p>
${strip('As it is', 'pq-as-it-is', asItIs, now, unit)}
${packed && then && strip("Packed, offset: 'auto' for every interval", 'pq-packed', packed, then, unit)}`;
}

function strip(
  title: string,
  look: string,
  day: readonly number[],
  { fullest, shared }: DayFigures,
  unit: number,
): Html {
  const figures = `${count(fullest.starts, 'start')} in the fullest minute, ${clockOf(fullest.minute)}; ${count(shared, 'minute')} with more than one`;
  const height = Math.ceil(fullest.starts * unit) + 1;
  return html`<p>${title} <span class="pq-quiet">${figures}</span></p>
<svg class="pq-picture" width="100%" height="${height + FOOT}" role="img" aria-label="${title}: ${figures}"><svg width="100%" height="${height}" viewBox="0 0 ${BARS} ${height}" preserveAspectRatio="none"><path class="${look}" d="${outlineOf(day, unit, height)}"/></svg>${HOURS.map(
    (hour) => {
      const x = `${(hour / 24) * 100}%`;
      return html`<line class="pq-hour" x1="${x}" x2="${x}" y1="${height}" y2="${height + 4}"/><text class="pq-time" x="${x}" dx="3" y="${height + 14}">${clockOf(hour * 60)}</text>`;
    },
  )}<line class="pq-hour" x1="0" x2="100%" y1="${height}" y2="${height}"/></svg>`;
}

/** One outline over all bars: neighbours of one height are one step. */
function outlineOf(day: readonly number[], unit: number, height: number): string {
  const tops = Array.from({ length: BARS }, (_, bar) => {
    const fullest = Math.max(...day.slice(bar * BIN, (bar + 1) * BIN));
    return Math.round((height - fullest * unit) * 10) / 10;
  });
  const steps = tops.map((top, bar) => (top === tops[bar - 1] ? '' : `H${bar}V${top}`));
  return `M0 ${height}${steps.join('')}H${BARS}V${height}z`;
}

/** `09:05` */
function clockOf(minute: number): string {
  return new Date(minute * 60_000).toISOString().slice(11, 16);
}
