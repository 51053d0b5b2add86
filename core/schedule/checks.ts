import { closest } from 'fastest-levenshtein';
import { baseOf, isMade, MADE_NAME, madeName } from '../run/made.ts';
import { ScheduleError } from './error.ts';
import { payloadProblem } from './payload.ts';
import type { Job } from './resolve.ts';
import type { Settings } from './settings.ts';
import { shown } from './values.ts';

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
  retry: true,
  pauseAfter: true,
  warnAfter: true,
  concurrency: true,
  overlap: true,
  group: true,
  priority: true,
  misfireGrace: true,
  weight: true,
  catchUp: true,
  enabled: true,
  handler: true,
  pool: true,
  access: true,
  description: true,
};

/** EventBridge's pattern for the name of a schedule; the name of a job with a function of its own is one. */
const NAME = /^[\w.-]{1,64}$/;
const LONGEST_DESCRIPTION = 256;
/** Bytes. A lock is one item, of at most 400 KB, and every write of it costs by its size. */
const LARGEST_WAITING_PAYLOAD = 16 * 1024;

/**
 * @param pool the one it is in, if any
 * @throws ScheduleError
 */
export function checkName(name: string, pool?: string): void {
  if (pool !== undefined) checkPooledName(name, pool);
  else checkOwnName(name);
}

function checkOwnName(name: string): void {
  if (isMade(name)) {
    const mend = `'@' is for the jobs of a pool; add pool: '${baseOf(name)}', or rename it`;
    throw new ScheduleError(name, 'name', mend);
  }
  if (!NAME.test(name)) {
    throw new ScheduleError(
      name,
      'name',
      `must be 1 to 64 letters, digits, '.', '-' or '_' (it has ${name.length} characters); it becomes the name of its EventBridge schedule`,
    );
  }
  checkWord(name, 'name', name);
}

function checkPooledName(name: string, pool: string): void {
  if (typeof pool !== 'string' || !NAME.test(pool)) {
    const mend = `${shown(pool)} is no name: 1 to 64 letters, digits, '.', '-' or '_'`;
    throw new ScheduleError(name, 'pool', mend);
  }
  checkWord(name, 'pool', pool);
  if (baseOf(name) === pool && MADE_NAME.test(name.slice(madeName(pool, '').length))) return;
  throw new ScheduleError(
    name,
    'name',
    `a job of the pool '${pool}' is called '${madeName(pool, '<name>')}', with 1 to 40 letters, digits, '-' or '_' for <name>; rename it`,
  );
}

function checkWord(job: string, field: string, name: string): void {
  if (!(name in Object.prototype)) return;
  throw new ScheduleError(job, field, 'is a word of JavaScript itself; choose another');
}

/**
 * Types catch a misspelt setting only where they are checked, and Node strips them unread.
 *
 * @throws ScheduleError
 */
export function checkKeys(name: string, settings: Settings): void {
  const odd = Object.keys(settings).find((key) => !Object.hasOwn(SETTINGS, key));
  if (odd === undefined) return;
  throw new ScheduleError(
    name,
    odd,
    `is no setting of a job; perhaps '${closest(odd, Object.keys(SETTINGS))}'`,
  );
}

/** @throws ScheduleError */
export function checkDescription({ name, description }: Job): void {
  if (description.length <= LONGEST_DESCRIPTION) return;
  throw new ScheduleError(
    name,
    'description',
    `has ${description.length} characters; Lambda shows at most ${LONGEST_DESCRIPTION}`,
  );
}

/**
 * Settings that mean nothing without, or beside, another.
 *
 * @throws ScheduleError
 */
export function checkTogether(
  { name, expressions, catchUp, interval, isStaggered }: Job,
  settings: Settings,
): void {
  if (settings.priority !== undefined && settings.group === undefined) {
    throw new ScheduleError(
      name,
      'priority',
      'says who of a group goes first, and the job is in none; add group, or leave it out',
    );
  }
  if (settings.pool !== undefined && settings.group !== undefined) {
    throw new ScheduleError(
      name,
      'group',
      `a job of a pool has a lock of its own, so it can share no limit; leave out group, or pool`,
    );
  }
  if (settings.offset !== undefined && settings.every === undefined) {
    throw new ScheduleError(
      name,
      'offset',
      'shifts an interval, and the job has none; leave it out, or say every',
    );
  }
  if (isStaggered && interval === undefined) {
    throw new ScheduleError(
      name,
      'offset',
      "an interval with phase 'any' has no offset; leave it out, or take one that divides a day",
    );
  }
  if (catchUp !== 'none' && expressions.some((expression) => expression.startsWith('rate('))) {
    throw new ScheduleError(
      name,
      'catchUp',
      `'${catchUp}' needs to know which ticks were missed, and phase 'any' leaves them to EventBridge; leave it out, or take an interval that divides a day`,
    );
  }
}

/** @throws ScheduleError where JSON can not carry it, or a lock can not keep it */
export function checkPayload({ name, payload, overlap, group, catchUp }: Job): void {
  const problem = payloadProblem(payload);
  if (problem) throw new ScheduleError(name, 'payload', problem);
  const waits = overlap === 'bufferOne' || group !== undefined || catchUp !== 'none';
  const bytes = payload === undefined ? 0 : Buffer.byteLength(JSON.stringify(payload));
  if (!waits || bytes <= LARGEST_WAITING_PAYLOAD) return;
  throw new ScheduleError(
    name,
    'payload',
    `has ${bytes} bytes as JSON; where a job may wait (bufferOne, group, catchUp) its lock keeps it, and at most ${LARGEST_WAITING_PAYLOAD}: pass where it is found instead`,
  );
}
