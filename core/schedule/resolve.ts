import { closest } from 'fastest-levenshtein';
import { cronProblem } from './cron.ts';
import { DAY, type Duration, HOUR, MINUTE, toDuration, toMs } from './duration.ts';
import { ScheduleError } from './error.ts';
import { everyExpressions, nearestDividing } from './every.ts';
import { payloadProblem } from './payload.ts';
import type { Access, Settings } from './settings.ts';
import { nextTick, smallestGap } from './ticks.ts';

/** A job with every default applied and every setting checked: what the stack is made from. */
export interface Job {
  name: string;
  /** EventBridge expressions, `cron(...)`, `rate(...)` or `at(...)`; the job's ticks are their union. */
  expressions: string[];
  timeZone: string;
  /** Milliseconds; 0 is none. */
  jitter: number;
  payload: unknown;
  /** Milliseconds. */
  timeout: number;
  /** Megabytes. */
  memory: number;
  /** Milliseconds a delivery may come after its tick; jitter included. */
  misfireGrace: number;
  enabled: boolean;
  /** The file in the jobs folder, without `.ts`. */
  handler: string;
  access: readonly Access[];
  description: string;
}

/** Every setting there is; a new one that is not listed does not compile. */
const SETTINGS: Record<keyof Settings, true> = {
  every: true,
  offset: true,
  phase: true,
  cron: true,
  at: true,
  timeZone: true,
  jitter: true,
  payload: true,
  timeout: true,
  memory: true,
  overlap: true,
  misfireGrace: true,
  enabled: true,
  handler: true,
  access: true,
  description: true,
};

/** EventBridge's pattern for the name of a schedule; a job's name is one. */
const NAME = /^[\w.-]{1,64}$/;
const LONGEST_DESCRIPTION = 256;
const AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;

/**
 * Checks the settings of one job and applies the defaults.
 *
 * @throws ScheduleError for the first setting that could not be deployed.
 */
export function resolveJob(name: string, settings: Settings): Job {
  if (!NAME.test(name)) {
    throw new ScheduleError(
      name,
      'name',
      `must be 1 to 64 letters, digits, '.', '-' or '_' (it has ${name.length} characters); it becomes the name of its EventBridge schedule`,
    );
  }
  if (name in Object.prototype) {
    throw new ScheduleError(name, 'name', 'is a word of JavaScript itself; choose another');
  }
  checkKeys(name, settings);
  const timeZone = settings.timeZone ?? 'UTC';
  checkTimeZone(name, timeZone);
  const expressions = compile(name, settings);
  const jitter = duration(name, 'jitter', settings.jitter, 0, {
    from: MINUTE,
    to: DAY,
    whole: MINUTE,
  });
  const problem = payloadProblem(settings.payload);
  if (problem) throw new ScheduleError(name, 'payload', problem);
  const description = settings.description ?? name;
  if (description.length > LONGEST_DESCRIPTION) {
    throw new ScheduleError(
      name,
      'description',
      `has ${description.length} characters; Lambda shows at most ${LONGEST_DESCRIPTION}`,
    );
  }
  const memory = settings.memory ?? 256;
  if (!Number.isInteger(memory) || memory < 128 || memory > 10_240) {
    throw new ScheduleError(
      name,
      'memory',
      `${memory} is not a whole number of megabytes from 128 to 10240`,
    );
  }
  const interval = settings.every ? toMs(settings.every) : smallestGap(expressions[0] as string);
  const grace = Math.min(Math.max(interval ?? HOUR, MINUTE), HOUR);
  return {
    name,
    expressions,
    timeZone,
    jitter,
    payload: settings.payload,
    timeout: duration(name, 'timeout', settings.timeout, 5 * MINUTE, {
      from: 5_000,
      to: 15 * MINUTE,
    }),
    memory,
    misfireGrace:
      jitter +
      duration(name, 'misfireGrace', settings.misfireGrace, grace, { from: MINUTE, to: DAY }),
    enabled: settings.enabled ?? true,
    handler: settings.handler ?? name,
    access: settings.access ?? [],
    description,
  };
}

function compile(name: string, settings: Settings): string[] {
  const given = (['every', 'cron', 'at'] as const).filter((key) => settings[key] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    throw new ScheduleError(name, 'every | cron | at', `give exactly one of them; ${found}`);
  }
  if (settings.cron !== undefined) {
    const problem = cronProblem(settings.cron);
    if (problem) throw new ScheduleError(name, 'cron', problem);
    return [`cron(${settings.cron.trim().split(/\s+/).join(' ')})`];
  }
  if (settings.at !== undefined) return [compileAt(name, settings.at, settings.timeZone ?? 'UTC')];
  return compileEvery(name, settings);
}

function compileEvery(name: string, settings: Settings): string[] {
  const interval = duration(name, 'every', settings.every, 0, {
    from: MINUTE,
    to: DAY,
    whole: MINUTE,
  });
  const offset = duration(name, 'offset', settings.offset, 0, { from: 0, to: DAY, whole: MINUTE });
  if (offset >= interval) {
    throw new ScheduleError(
      name,
      'offset',
      `'${settings.offset}' must be less than the interval '${settings.every}'`,
    );
  }
  if (DAY % interval === 0) return everyExpressions(interval / MINUTE, offset / MINUTE);
  if (settings.phase === 'any' && offset === 0) {
    const minutes = interval / MINUTE;
    return [`rate(${minutes} minute${minutes === 1 ? '' : 's'})`];
  }
  const nearest = nearestDividing(interval / MINUTE).map(
    (minutes) => `'${toDuration(minutes * MINUTE)}'`,
  );
  throw new ScheduleError(
    name,
    settings.phase === 'any' ? 'offset' : 'every',
    settings.phase === 'any'
      ? `an interval with phase 'any' has no offset; leave it out`
      : `'${settings.every}' does not divide a day, so its ticks would differ from day to day; the nearest that do are ${nearest.join(' and ')} (or say phase: 'any')`,
  );
}

function compileAt(name: string, at: string, timeZone: string): string {
  const text = at.length === 16 ? `${at}:00` : at;
  const time = new Date(AT.test(at) ? `${text}Z` : Number.NaN);
  // Date takes 30 February for 2 March: what comes back must show the day that was written.
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(text)) {
    throw new ScheduleError(
      name,
      'at',
      `'${at}' is not a local time; write it without a zone, such as '2026-12-24T18:00', and set timeZone`,
    );
  }
  const expression = `at(${text})`;
  if (nextTick(expression, timeZone, new Date(0)) === undefined) {
    throw new ScheduleError(
      name,
      'at',
      `'${at}' does not exist in ${timeZone}: its clocks skip that time`,
    );
  }
  return expression;
}

interface Bounds {
  from: number;
  to: number;
  /** The value must be a multiple of this. */
  whole?: number;
}

function duration(
  name: string,
  field: string,
  value: Duration | undefined,
  fallback: number,
  bounds: Bounds,
): number {
  if (value === undefined) return fallback;
  let ms: number;
  try {
    ms = toMs(value);
  } catch (error) {
    throw new ScheduleError(name, field, (error as Error).message);
  }
  if (ms < bounds.from || ms > bounds.to) {
    throw new ScheduleError(
      name,
      field,
      `'${value}' is outside ${toDuration(bounds.from)} to ${toDuration(bounds.to)}`,
    );
  }
  if (bounds.whole && ms % bounds.whole !== 0) {
    throw new ScheduleError(
      name,
      field,
      `'${value}' must be whole minutes: EventBridge fires by the minute`,
    );
  }
  return ms;
}

/** Types catch a misspelt setting only where they are checked, and Node strips them unread. */
function checkKeys(name: string, settings: Settings): void {
  const odd = Object.keys(settings).find((key) => !(key in SETTINGS));
  if (odd === undefined) return;
  throw new ScheduleError(
    name,
    odd,
    `is no setting of a job; perhaps '${closest(odd, Object.keys(SETTINGS))}'`,
  );
}

function checkTimeZone(name: string, timeZone: string): void {
  if (isTimeZone(timeZone)) return;
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  throw new ScheduleError(
    name,
    'timeZone',
    `'${timeZone}' is not an IANA time zone; perhaps '${closest(timeZone, known)}'`,
  );
}

/**
 * Whether EventBridge has a zone of this name. Asked by using it: the list of supported values has
 * only one name of each zone, and often the old one (Asia/Calcutta). An offset is no name.
 */
function isTimeZone(timeZone: string): boolean {
  if (!/^[A-Z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
