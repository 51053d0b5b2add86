import { DAY, HOUR, MINUTE } from '../../core/schedule/duration.ts';

const SECOND = 1_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A length of time for people: `21 ms`, `3.4 s`, `2 min 5 s`, `3 h 12 min`, `2 days`. */
export function lengthOf(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1).replace('.0', '')} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits(ms, MINUTE, 'min', SECOND, 's');
  if (ms < 2 * DAY) return twoUnits(ms, HOUR, 'h', MINUTE, 'min');
  return `${Math.floor(ms / DAY)} days`;
}

function twoUnits(ms: number, large: number, largeName: string, small: number, name: string) {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${name}`;
}

/** How far a moment is from now, roughly: `3 min ago`, `in 2 h`. */
export function distance(time: number, now: number): string {
  const ms = Math.abs(time - now);
  const unit = [DAY, HOUR, MINUTE, SECOND].find((one) => ms >= one) ?? SECOND;
  const rough = lengthOf(Math.floor(ms / unit) * unit);
  return time > now ? `in ${rough}` : `${rough} ago`;
}

/** The time of a moment, UTC, with the day where it is another than today's: `09:05`, `1 Mar 09:05`. */
export function clockOf(time: number, now: number): string {
  if (Number.isNaN(time)) return 'no time';
  const at = new Date(time);
  const clock = at.toISOString().slice(11, 16);
  return at.toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10)
    ? clock
    : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${clock}`;
}

/** The full time, UTC: `2026-03-01 09:05:02`. */
export function fullOf(time: string | number): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime())
    ? String(time)
    : at.toISOString().slice(0, 19).replace('T', ' ');
}
