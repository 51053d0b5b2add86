import { cronProblem } from './cron.ts';
import { DAY, MINUTE, toDuration } from './duration.ts';
import { ScheduleError } from './error.ts';
import { everyExpressions, nearestDividing } from './every.ts';
import type { When } from './settings.ts';
import { nextTick } from './ticks.ts';
import { durationMs } from './values.ts';

const AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;

/**
 * The EventBridge expressions of a job: more than one where an interval divides a day, but not an hour.
 *
 * @param timeZone an IANA name, checked
 * @throws ScheduleError
 */
export function compile(job: string, when: When, timeZone: string): string[] {
  const given = (['every', 'cron', 'at'] as const).filter((key) => when[key] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    throw new ScheduleError(job, 'every | cron | at', `give exactly one of them; ${found}`);
  }
  if (when.cron !== undefined) {
    const problem = cronProblem(when.cron);
    if (problem) throw new ScheduleError(job, 'cron', problem);
    return [`cron(${when.cron.trim().split(/\s+/).join(' ')})`];
  }
  if (when.at !== undefined) return [compileAt(job, when.at, timeZone)];
  return compileEvery(job, when);
}

function compileEvery(
  job: string,
  { every, offset: shift, phase }: When & { every: string },
): string[] {
  const whole = { to: DAY, whole: MINUTE };
  const interval = durationMs({ job, field: 'every' }, every, { ...whole, from: MINUTE });
  if (shift === 'auto') {
    throw new ScheduleError(
      job,
      'offset',
      `'auto' is chosen among the jobs of a list; here, give a length, such as '3 minutes'`,
    );
  }
  const offset =
    shift === undefined ? 0 : durationMs({ job, field: 'offset' }, shift, { ...whole, from: 0 });
  if (offset >= interval) {
    throw new ScheduleError(job, 'offset', `'${shift}' must be less than the interval '${every}'`);
  }
  if (DAY % interval === 0) return everyExpressions(interval / MINUTE, offset / MINUTE);
  if (phase === 'any' && offset === 0) {
    const minutes = interval / MINUTE;
    return [`rate(${minutes} minute${minutes === 1 ? '' : 's'})`];
  }
  const nearest = nearestDividing(interval / MINUTE).map(
    (minutes) => `'${toDuration(minutes * MINUTE)}'`,
  );
  throw new ScheduleError(
    job,
    phase === 'any' ? 'offset' : 'every',
    phase === 'any'
      ? `an interval with phase 'any' has no offset; leave it out`
      : `'${every}' does not divide a day, so its ticks would differ from day to day; the nearest that do are ${nearest.join(' and ')} (or say phase: 'any')`,
  );
}

function compileAt(job: string, at: string, timeZone: string): string {
  const text = at.length === 16 ? `${at}:00` : at;
  const time = new Date(AT.test(at) ? `${text}Z` : Number.NaN);
  // Date takes 30 February for 2 March: what comes back must show the day that was written.
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(text)) {
    throw new ScheduleError(
      job,
      'at',
      `'${at}' is not a local time; write it without a zone, such as '2026-12-24T18:00', and set timeZone`,
    );
  }
  const expression = `at(${text})`;
  if (nextTick(expression, timeZone, new Date(0)) === undefined) {
    throw new ScheduleError(
      job,
      'at',
      `'${at}' does not exist in ${timeZone}: its clocks skip that time`,
    );
  }
  return expression;
}
