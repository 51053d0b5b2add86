export const DAY_MINUTES = 24 * 60;

/**
 * The EventBridge expressions of an interval: one cron expression for each set of minutes that
 * some hours share. Every 10 minutes needs one; every 8 minutes two, because the even hours tick
 * at 0, 8, 16 ... and the odd ones at 4, 12, 20 ...
 *
 * Why not `rate`: a rate's phase hangs on a StartDate, a template whose StartDate lies in the past
 * is refused, and the phase after an update is undocumented.
 *
 * @param interval whole minutes that divide a day
 * @param offset whole minutes, less than `interval`
 */
export function everyExpressions(interval: number, offset: number): string[] {
  const minutesByHour = Array.from({ length: 24 }, () => [] as number[]);
  for (let minute = offset; minute < DAY_MINUTES; minute += interval) {
    minutesByHour[Math.floor(minute / 60)]?.push(minute % 60);
  }
  const hoursByMinutes = new Map<string, number[]>();
  minutesByHour.forEach((minutes, hour) => {
    if (minutes.length === 0) return;
    const key = series(minutes, 60);
    hoursByMinutes.set(key, [...(hoursByMinutes.get(key) ?? []), hour]);
  });
  return [...hoursByMinutes].map(
    ([minutes, hours]) => `cron(${minutes} ${series(hours, 24)} * * ? *)`,
  );
}

/** Sorted values as a cron field: `*`, `2/8` where the steps run to the end of the field, or a list. */
function series(values: number[], end: number): string {
  if (values.length === end) return '*';
  const [first = 0, second] = values;
  if (second === undefined) return String(first);
  const step = second - first;
  const full =
    values.every((value, i) => value === first + i * step) && first + values.length * step >= end;
  return full ? `${first}/${step}` : values.join(',');
}

/** The intervals in whole minutes nearest below and above that divide a day. */
export function nearestDividing(interval: number): number[] {
  const divides = (minutes: number) => DAY_MINUTES % minutes === 0;
  let below = Math.min(Math.max(1, Math.floor(interval)), DAY_MINUTES);
  while (!divides(below)) below -= 1;
  let above = Math.min(Math.max(1, Math.ceil(interval)), DAY_MINUTES);
  while (!divides(above)) above += 1;
  return below === above ? [below] : [below, above];
}
