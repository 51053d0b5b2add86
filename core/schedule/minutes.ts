const CRON = /^cron\((?<minute>\S+) (?<hour>\S+) /;
const AT = /^at\(.*T(?<hour>\d{2}):(?<minute>\d{2})/;

/**
 * The minutes of the day, on the wall clock, at which an EventBridge expression may fire, whatever the
 * day: a monthly job and a weekly one at 9 o'clock meet sooner or later. None of a rate: its phase is
 * EventBridge's affair.
 *
 * @param expression checked
 */
export function minutesOf(expression: string): number[] {
  const { minute, hour } = (CRON.exec(expression) ?? AT.exec(expression))?.groups ?? {};
  if (minute === undefined || hour === undefined) return [];
  const minutes = values(minute, 60);
  return values(hour, 24).flatMap((h) => minutes.map((m) => h * 60 + m));
}

/** The values of a field of a cron expression, in order. */
function values(field: string, end: number): number[] {
  const ranges = field.split(',').map((part) => rangeOf(part, end));
  return Array.from({ length: end }, (_, value) => value).filter((value) =>
    ranges.some(
      ({ from, to, step }) => value >= from && value <= to && (value - from) % step === 0,
    ),
  );
}

/** `*`, `5`, `5-20`, `5/10` (from 5 to the end), `5-20/10`. */
function rangeOf(part: string, end: number): { from: number; to: number; step: number } {
  const [range = '', step] = part.split('/');
  const [from = '', to] = range.split('-');
  const isAll = from === '*' || from === '';
  const last = to ?? (isAll || step !== undefined ? end - 1 : from);
  return { from: isAll ? 0 : Number(from), to: Number(last), step: Number(step ?? 1) };
}
