import { DAY, MINUTE, toDuration } from '../../core/schedule/duration.ts';
import type { When } from '../../core/schedule/settings.ts';
import { checkTimeZone } from '../../core/schedule/time-zone.ts';
import { wallOfCron } from './apscheduler-cron.ts';
import { NotCarried } from './imported.ts';
import { inTimeZone, momentOf } from './moment.ts';
import { weekdayName, whenOf } from './when.ts';
import { inZone } from './zone.ts';

/** What fires a job. */
export interface Trigger {
  kind: 'cron' | 'interval' | 'date';
  fields: Record<string, unknown>;
  timeZone: string;
  /** In one line, for people. */
  text: string;
}

type Times = When & { timeZone?: string };

const KINDS = ['cron', 'interval', 'date'] as const;
const UNITS = { weeks: 7 * 86_400, days: 86_400, hours: 3_600, minutes: 60, seconds: 1 };

/**
 * The trigger of a dumped job: `"trigger": "cron"` with its fields beside it, an object of its own, or as
 * Python prints it, such as `cron[hour='9']`.
 *
 * @throws NotCarried
 */
export function readTrigger(job: Record<string, unknown>, timeZone: string): Trigger {
  const { trigger } = job;
  if (typeof trigger === 'object' && trigger !== null) {
    const { type, trigger: kind, ...fields } = trigger as Record<string, unknown>;
    if ('__apscheduler_class__' in fields || '__apscheduler_pickle__' in fields) {
      throw new NotCarried(
        'its trigger is pickled, which only Python reads; write the dump as docs/cli.md shows',
      );
    }
    return triggerOf(String(type ?? kind), fields, timeZone);
  }
  const [, kind = '', body = ''] =
    /^<?(\w+?)(?:Trigger)?\s*(?:[[(](.*?)[\])]>?)?$/s.exec(String(trigger)) ?? [];
  if (body === '') return triggerOf(kind, job, timeZone);
  return triggerOf(kind.toLowerCase(), { ...job, ...printed(kind.toLowerCase(), body) }, timeZone);
}

/**
 * When a trigger fires, as settings.
 *
 * @returns with what is no more as it was
 * @throws NotCarried
 */
export function whenOfTrigger(trigger: Trigger, now: number): { settings: Times; said: string[] } {
  const said: string[] = [];
  const { kind, fields, timeZone } = trigger;
  const { start_date: start, end_date: end } = fields;
  if (end) said.push(`ends at ${end}: take the entry out then`);
  if (start && momentOf(String(start), timeZone) > now && kind === 'cron')
    said.push(`starts at ${start}: an entry starts with its deploy`);
  if (kind === 'date') return { settings: at(trigger, now), said };
  if (kind === 'interval') return { settings: interval(trigger, said), said };
  const { settings, remark } = inZone(whenOf(wallOfCron(fields, said)), timeZone, now);
  if (remark) said.push(remark);
  return { settings, said };
}

function triggerOf(name: string, fields: Record<string, unknown>, fallback: string): Trigger {
  const kind = KINDS.find((one) => one === name);
  if (!kind) throw new NotCarried(`its trigger '${name}' is none of ${KINDS.join(', ')}`);
  const timeZone = String(fields.timezone ?? fallback);
  try {
    checkTimeZone('', timeZone);
  } catch {
    throw new NotCarried(`its timezone '${timeZone}' is no IANA time zone`);
  }
  const shown = Object.entries(fields)
    .filter(([key, value]) => SHOWN.has(key) && value != null)
    .map(([key, value]) => `${key}=${value}`);
  return { kind, fields, timeZone, text: `${kind}[${shown.join(', ')}]` };
}

const SHOWN = new Set([
  'year', 'month', 'day', 'week', 'day_of_week', 'hour', 'minute', 'second', 'run_date',
  'weeks', 'days', 'hours', 'minutes', 'seconds', 'timezone',
]); // biome-ignore format: one line a group reads better

/** As Python prints it: `hour='9', minute='30'`, `1 day, 0:05:00`, or a time. */
function printed(kind: string, body: string): Record<string, unknown> {
  const pairs = [...body.matchAll(/(\w+)=['"]?([^'",]*)['"]?/g)].map(([, key, value]) => [
    key,
    value,
  ]);
  if (pairs.length > 0) return Object.fromEntries(pairs);
  if (kind === 'date') return { run_date: body.replace(/ [A-Z]{2,5}$/, '') };
  const [, days = 0, hours, minutes, seconds] =
    /^(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)/.exec(body) ?? [];
  return { days, hours, minutes, seconds };
}

function at({ fields, timeZone }: Trigger, now: number): Times {
  const time = momentOf(String(fields.run_date), timeZone);
  if (time <= now) throw new NotCarried(`its only time, ${fields.run_date}, is over`);
  return { at: inTimeZone(time, timeZone), ...(timeZone !== 'UTC' && { timeZone }) };
}

/** An interval counts from its start, by the clock that knows no summer time. */
function interval({ fields, timeZone }: Trigger, said: string[]): Times {
  const units = Object.entries(UNITS) as [keyof typeof UNITS, number][];
  const seconds = units.reduce(
    (sum, [unit, length]) => sum + Number(fields[unit] ?? 0) * length,
    0,
  );
  const length = seconds * 1_000;
  if (!(length >= MINUTE) || length % MINUTE !== 0) {
    throw new NotCarried(
      `an interval of ${seconds} seconds: EventBridge fires by the minute; take whole minutes, or let one run do several rounds`,
    );
  }
  const start = fields.start_date ? momentOf(String(fields.start_date), timeZone) : undefined;
  if (length > DAY) return longInterval(length, start);
  const every = toDuration(length);
  if (DAY % length !== 0) {
    said.push(
      `an interval of ${every} does not divide a day: which minutes it hits is left to EventBridge`,
    );
    return { every, phase: 'any' };
  }
  const offset = Math.floor(((start ?? 0) % length) / MINUTE) * MINUTE;
  return { every, ...(offset > 0 && { offset: toDuration(offset) }) };
}

/** Of those longer than a day, a calendar knows weeks. */
function longInterval(length: number, start: number | undefined): Times {
  if (length !== 7 * DAY || start === undefined) {
    const mend = 'take cron on days of the week or month, or fire each day and throw SkipTick';
    throw new NotCarried(
      `an interval of ${toDuration(length)} has no place in a calendar; ${mend}`,
    );
  }
  const time = new Date(start);
  return whenOf({
    minutes: [time.getUTCMinutes()],
    hours: [time.getUTCHours()],
    months: Array.from({ length: 12 }, (_, i) => i + 1),
    days: { day: '?', weekday: weekdayName(time.getUTCDay()) },
  });
}
