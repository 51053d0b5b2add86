import { toDuration } from '../../core/schedule/duration.ts';
import type { Change } from './change.ts';

/** How often something happens: `144 a day`, `2 a week`, `1 a year`, `none`. */
export function often(aDay: number): string {
  // Summer time may take one of a year's from what comes every week.
  const isWeekly = aDay * 7 > 0.95;
  const [count, unit] =
    aDay >= 1 ? [aDay, 'day'] : isWeekly ? [aDay * 7, 'week'] : [aDay * 365, 'year'];
  return count === 0 ? 'none' : `${rounded(count)} a ${unit}`;
}

/** What a deploy does to the ticks of a job, in words. */
export function changeInWords({ change, added, moved, removed, by }: Change): string {
  if (change === 'same') return '';
  const parts = [
    added > 0 && change !== 'new' ? `${often(added)} more` : '',
    removed > 0 && change !== 'gone' ? `${often(removed)} less` : '',
    moved > 0
      ? `${often(moved)} moved${by === undefined ? '' : by > 0 ? `, ${toDuration(by)} later` : `, ${toDuration(-by)} earlier`}`
      : '',
  ].filter(Boolean);
  if (change === 'new') return 'new';
  return change === 'gone' ? 'leaves the list' : parts.join('; ');
}

function rounded(count: number): string {
  return count >= 10 ? String(Math.round(count)) : String(Math.round(count * 10) / 10);
}
