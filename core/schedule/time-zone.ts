import { closest } from 'fastest-levenshtein';
import { ScheduleError } from './error.ts';

/** @throws ScheduleError where EventBridge has no zone of this name */
export function checkTimeZone(job: string, timeZone: string): void {
  if (isTimeZone(timeZone)) return;
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  throw new ScheduleError(
    job,
    'timeZone',
    `'${timeZone}' is not an IANA time zone; perhaps '${closest(timeZone, known)}'`,
  );
}

/** Zones that were asked for: a thousand jobs have few, and to ask takes its time. */
const found = new Set<string>();

/**
 * Whether EventBridge has a zone of this name. Asked by using it: the list of supported values has
 * only one name of each zone, and often the old one (Asia/Calcutta). An offset is no name.
 */
function isTimeZone(timeZone: string): boolean {
  if (found.has(timeZone)) return true;
  if (!/^[A-Z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    found.add(timeZone);
    return true;
  } catch {
    return false;
  }
}
