const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

type Unit = keyof typeof UNIT_MS;

/** A length of time as people write it: `'5 minutes'`, `'1 hour'`. A misspelt unit does not compile. */
export type Duration = `${number} ${Unit | `${Unit}s`}`;

export const MINUTE = UNIT_MS.minute;
export const HOUR = UNIT_MS.hour;
export const DAY = UNIT_MS.day;

const DURATION = /^(\d+) (second|minute|hour|day)s?$/;

/**
 * The milliseconds of a duration. The type only helps those who compile; plain JavaScript and
 * `as` get here too, so the text is read anew.
 *
 * @throws RangeError that names the text and shows a right one.
 */
export function toMs(duration: Duration): number {
  const [, count, unit] = DURATION.exec(duration) ?? [];
  if (count === undefined || Number(count) === 0) {
    throw new RangeError(
      `'${duration}' is not a duration; write a whole number and second(s), minute(s), hour(s) or day(s), such as '5 minutes'`,
    );
  }
  return Number(count) * UNIT_MS[unit as Unit];
}

/** The shortest way to write a length of time: 5400000 -> `'90 minutes'`. */
export function toDuration(ms: number): Duration {
  const unit = (['day', 'hour', 'minute'] as const).find((u) => ms % UNIT_MS[u] === 0) ?? 'second';
  const count = ms / UNIT_MS[unit];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
