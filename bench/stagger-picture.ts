import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { DAY_MINUTES } from '../core/schedule/every.ts';
import { mixedList } from './stagger-lists.ts';
import { type Day, WAYS } from './stagger-ways.ts';

const FILE = resolve(import.meta.dirname, '../docs/stagger.svg');
const JOBS = 100;

/** User units: two for three minutes, so that a page shows the whole day. */
const WIDTH = 960;
const MARGIN = 20;
/** Of one start; the same for all strips, so that they can be compared. */
const START = 2;
const HEAD = 34;
const FOOT = 34;

const STYLE = `
    svg { color-scheme: light dark; font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; }
    .title { fill: #1c2430; font-weight: 650; } .quiet { fill: #566070; } .axis { stroke: #c3cad3; }
    .before { fill: #c0262d; } .after { fill: #2a7d4f; }
    @media (prefers-color-scheme: dark) {
      .title { fill: #e6e9ee; } .quiet { fill: #a2acba; } .axis { stroke: #444e5c; }
      .before { fill: #ff8a85; } .after { fill: #53b985; }
    }`;

/** Draws the day of a hundred jobs, before and after, and says where. */
export function drawStagger(): string {
  writeFileSync(FILE, pictureOf(JOBS));
  return `drew ${relative('.', FILE)}`;
}

/** As SVG: a strip for each way, a bar for each minute. */
function pictureOf(size: number): string {
  const jobs = mixedList(size);
  const strips = [
    { title: 'No offsets', style: 'before', day: WAYS['all at :00'](jobs) },
    { title: 'A stable hash of the name', style: 'before', day: WAYS.hash(jobs) },
    { title: "offset: 'auto'", style: 'after', day: WAYS.packed(jobs) },
  ];
  let top = 0;
  const drawn = strips.map((strip) => {
    const { text, height } = stripOf(strip, top);
    top += height;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + 2 * MARGIN} ${top}" role="img" aria-label="Starts of ${size} jobs in each minute of a day, without offsets, with hashed ones and with packed ones">
  <style>${STYLE}
  </style>
${drawn.join('\n')}
</svg>
`;
}

function stripOf({ title, style, day }: { title: string; style: string; day: Day }, top: number) {
  const fullest = Math.max(...day);
  const base = top + HEAD + fullest * START;
  const hours = [0, 3, 6, 9, 12, 15, 18, 21, 24].map(
    (hour) =>
      `  <text class="quiet" text-anchor="middle" x="${xOf(hour * 60)}" y="${base + 16}">${String(hour).padStart(2, '0')}</text>`,
  );
  const text = [
    `  <text x="${MARGIN}" y="${top + 22}"><tspan class="title">${title}</tspan><tspan class="quiet" dx="10">${fullest} starts in the fullest minute</tspan></text>`,
    `  <path class="${style}" d="${barsOf(day, base)}"/>`,
    `  <path class="axis" d="M${MARGIN} ${base + 0.5}h${WIDTH}"/>`,
    ...hours,
  ].join('\n');
  return { text, height: HEAD + fullest * START + FOOT };
}

/** One outline over all minutes: neighbours of one height are one step. */
function barsOf(day: Day, base: number): string {
  const steps: string[] = [];
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const starts = day[minute] as number;
    if (starts !== day[minute - 1]) steps.push(`H${xOf(minute)}V${base - starts * START}`);
  }
  return `M${MARGIN} ${base}${steps.join('')}H${xOf(DAY_MINUTES)}V${base}z`;
}

function xOf(minute: number): number {
  return Math.round((MARGIN + (minute * WIDTH) / DAY_MINUTES) * 100) / 100;
}
