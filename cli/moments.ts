import { InvalidArgumentError } from 'commander';
import { exactTickOf } from '../core/run/tick.ts';
import { DAY, HOUR, MINUTE } from '../core/schedule/duration.ts';

const UNITS: Record<string, number> = { s: 1_000, m: MINUTE, h: HOUR, d: DAY };
const LENGTH = 'Write a number and s, m, h or d, such as 90m, 24h or 30d.';
const TIME = 'Write a time with its zone, such as 2026-03-01T09:00Z.';

/** A length of time as an option, in milliseconds: `90m`, `24h`, `30d`. */
export function length(text: string): number {
  const ms = lengthOf(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(LENGTH);
}

function lengthOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Math.round(Number(count) * (UNITS[unit] ?? Number.NaN));
  return ms >= 1 ? ms : undefined;
}

/** A moment as an option, in milliseconds since 1970: ISO 8601 with a zone, or a day, which begins at midnight UTC. */
export function moment(text: string): number {
  const time = momentOf(text);
  if (time !== undefined) return time;
  throw new InvalidArgumentError(TIME);
}

function momentOf(text: string): number | undefined {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text;
  try {
    return Date.parse(exactTickOf(whole));
  } catch {
    return undefined;
  }
}

/** A moment, or how long from now it is; which moment that is, the cloud's clock says. */
export function momentOrLength(text: string): (now: number) => number {
  const time = momentOf(text);
  const ms = lengthOf(text);
  if (time !== undefined) return () => time;
  if (ms !== undefined) return (now) => now + ms;
  throw new InvalidArgumentError(`${TIME.slice(0, -1)}, or a length, such as 90m, 24h or 30d.`);
}
