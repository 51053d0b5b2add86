import type { JobView } from '../../core/operations/overview.ts';
import { MINUTE } from '../../core/schedule/duration.ts';
import type { Frame } from './frame.ts';
import { type Html, html } from './html.ts';
import { type Bar, type Lane, laneOf, type Sign, type Span } from './lanes.ts';
import { classOf, LEGEND, type Look, markOf, shapeOf, whatOf, wordsOf } from './looks.ts';
import { count } from './text.ts';
import { clockOf } from './times.ts';

/** Pixels. Across everything is a share of the width, so that the picture fits wherever it stands. */
const TOP = 20;
const LANE = 22;
const BAR = 8;
const ROW = BAR + 2;
/** What the bars' coordinates count to, across. */
const WIDTH = 2_000;

/** Signs closer than this share of the picture would be drawn over each other. */
const CLOSE = 0.012;
/** Of one look in the whole picture: with many lanes, more would make the page too large. */
const MOST_SIGNS = 2_500;

export interface Grid {
  /** Milliseconds between two lines. */
  line: number;
  /** Milliseconds between two times; a multiple of `line`. */
  label: number;
}

/** What happened when: a lane for each job, over one clock. */
export function timeline(
  views: readonly JobView[],
  span: Span,
  grid: Grid,
  now: number,
  frame: Frame,
): Html {
  const closeness = Math.max(CLOSE, views.length / MOST_SIGNS);
  const lanes = views.map((view) => laneOf(view, span, now, closeness));
  const heights = lanes.map(({ rows }) => LANE + (rows - 1) * ROW);
  const height = TOP + heights.reduce((sum, one) => sum + one, 0);
  const tops = heights.map((_, i) => TOP + heights.slice(0, i).reduce((sum, one) => sum + one, 0));
  return html`<div class="pq-timeline"><div class="pq-lanes" style="padding-top:${TOP}px">${lanes.map(
    ({ job }, i) =>
      html`<div class="pq-lane" style="height:${heights[i]}px" title="${job}">${frame.link(job, { view: 'job', job })}</div>`,
  )}</div><svg class="pq-picture" width="100%" height="${height}" role="img" aria-label="What ran from ${clockOf(span.from, now)} to ${clockOf(span.to, now)}">${gridOf(span, grid, height)}${tops.map(
    (top) => html`<line class="pq-rule" x1="0" x2="100%" y1="${top}" y2="${top}"/>`,
  )}${nowLine(span, now, height)}${lanes.map((lane, i) => laneShapes(lane, span, tops[i] ?? 0, heights[i] ?? LANE, now))}</svg></div>`;
}

/** What the marks mean. */
export function legend(): Html {
  return html`<p class="pq-legend">${LEGEND.map(
    (look) => html`<span class="${classOf(look)}">${markOf(look)} ${wordsOf(look)}</span> `,
  )}<span><svg class="pq-icon" width="18" height="10"><path class="pq-late" d="M0 5h18"/></svg> waits</span> <span><svg class="pq-icon" width="18" height="10"><path class="pq-retry" d="M0 5h18"/></svg> between attempts</span></p>`;
}

function gridOf(span: Span, { line, label }: Grid, height: number): Html[] {
  const first = Math.ceil(span.from / line);
  const lines = Array.from({ length: Math.floor(span.to / line) - first + 1 }, (_, i) => first + i);
  // What begins later would be cut off.
  const lastLabel = span.to - (span.to - span.from) * 0.05;
  return lines.map((number) => {
    const time = number * line;
    const x = percent(time, span);
    const isLabelled = time % label === 0 && time < lastLabel;
    return html`<line class="${isLabelled ? 'pq-hour' : 'pq-grid'}" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${height}"/>${
      isLabelled &&
      html`<text class="pq-time" x="${x}" dx="3" y="${TOP - 8}">${clockOf(time, span.to)}</text>`
    }`;
  });
}

function nowLine(span: Span, now: number, height: number): Html | undefined {
  if (span.to <= now) return undefined;
  const x = percent(now, span);
  return html`<line class="pq-now" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${height}"><title>now</title></line>`;
}

function laneShapes(lane: Lane, span: Span, top: number, height: number, now: number): Html {
  const byLook = Map.groupBy(lane.bars, ({ look }) => look);
  // Stretched across, so that a lane's bars of one look are one short path: there may be hundreds.
  return html`<svg y="${top}" width="100%" height="${height}" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none">${lane.waits.map(
    (wait) =>
      html`<path class="pq-${wait.kind}" d="M${across(wait.from, span)} ${LANE / 2}H${across(wait.to, span)}"/>`,
  )}${[...byLook].map(([look, bars]) => barsPath(lane.job, look, bars, span))}</svg>${lane.signs.map(
    (sign) => signShape(sign, span, top, now),
  )}`;
}

function barsPath(job: string, look: Look, bars: readonly Bar[], span: Span): Html {
  const outlines = bars.map(({ from, to, row }) => {
    const [x, end] = [across(from, span), across(to, span)];
    const y = (LANE - BAR) / 2 + row * ROW;
    // What is shorter than can be seen is a line.
    return end - x < 2 ? `M${x} ${y}v${BAR}` : `M${x} ${y}h${end - x}v${BAR}h${x - end}z`;
  });
  return html`<path class="pq-bar ${classOf(look)}" d="${outlines.join('')}"><title>${job}: ${count(bars.length, 'attempt')} ${wordsOf(look)}</title></path>`;
}

function signShape(sign: Sign, span: Span, top: number, now: number): Html {
  const { look, from, to, run } = sign;
  const middle = top + LANE / 2;
  const times = from === to ? clockOf(from, now) : `${clockOf(from, now)} to ${clockOf(to, now)}`;
  const what = sign.count > 1 || !run ? `${sign.count} ${wordsOf(look)}` : whatOf(run);
  const [x, end] = [percent(from, span), percent(to, span)];
  const line =
    sign.count > 1 &&
    html`<line class="pq-many ${classOf(look)}" x1="${x}" x2="${end}" y1="${middle}" y2="${middle}"/>`;
  const shape = shapeOf(look, look === 'next' ? times : `${what}, ${times}`);
  const at = (place: string) =>
    html`<svg class="pq-sign" x="${place}" y="${middle - 5}">${shape}</svg>`;
  return html`${line}${at(x)}${sign.count > 1 && at(end)}`;
}

function percent(time: number, span: Span): string {
  return `${(across(time, span) / (WIDTH / 100)).toFixed(2)}%`;
}

/** Where a moment is across the picture; what is outside is at its edge. */
function across(time: number, { from, to }: Span): number {
  return Math.round(Math.min(Math.max((time - from) / (to - from), 0), 1) * WIDTH);
}

/** The last day, on the hour. */
export function lastDay(now: number): { span: Span; grid: Grid } {
  return {
    span: { from: now - 1_440 * MINUTE, to: now },
    grid: { line: 60 * MINUTE, label: 180 * MINUTE },
  };
}

/** The last hour and the minutes ahead, in which staggering can be seen. */
export function thisHour(now: number): { span: Span; grid: Grid } {
  return {
    span: { from: now - 60 * MINUTE, to: now + 15 * MINUTE },
    grid: { line: 5 * MINUTE, label: 15 * MINUTE },
  };
}
