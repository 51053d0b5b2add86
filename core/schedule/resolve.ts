import { checkDescription, checkKeys, checkName, checkPayload, checkTogether } from './checks.ts';
import { compile } from './compile.ts';
import { DAY, type Duration, HOUR, MINUTE, toMs } from './duration.ts';
import { ScheduleError } from './error.ts';
import { groupNamed } from './groups.ts';
import { retryDelays } from './retry.ts';
import { type Access, CATCH_UPS, type Groups, OVERLAPS, type Settings } from './settings.ts';
import { smallestGap } from './ticks.ts';
import { checkTimeZone } from './time-zone.ts';
import { durationMs, oneOf, shown, wholeNumber } from './values.ts';
import { type Warning, warnAfter } from './warn-after.ts';

/** A job with every default applied and every setting checked: what the stack is made from. */
export interface Job {
  name: string;
  /** EventBridge expressions, `cron(...)`, `rate(...)` or `at(...)`; the job's ticks are their union. */
  expressions: string[];
  timeZone: string;
  /** Milliseconds between its ticks, where they are the same all day; else undefined. */
  interval: number | undefined;
  /** Whether its offset is left to `stagger`, `'auto'`; until then it is none. */
  isStaggered: boolean;
  /** How much a run counts where jobs are kept apart. */
  weight: number;
  /** Milliseconds; 0 is none. */
  jitter: number;
  payload: unknown;
  /** Milliseconds. */
  timeout: number;
  /** Megabytes. */
  memory: number;
  /** Milliseconds a delivery may come after its tick; jitter included. */
  misfireGrace: number;
  /** What a backlog becomes. */
  catchUp: (typeof CATCH_UPS)[number];
  /** Milliseconds to wait after the first failed attempt, after the second, and so on; empty is never. */
  retryDelays: readonly number[];
  /** Runs that fail in a row before the job pauses itself; 0 is never. */
  pauseAfter: number;
  /** When a run that goes on is told of, the mildest first; empty is never. */
  warnAfter: readonly Warning[];
  /** Runs of the job that may live at once. */
  concurrency: number;
  overlap: (typeof OVERLAPS)[number];
  /** The limit it shares with the others of its group. */
  group: { name: string; limit: number } | undefined;
  /** Within its group; the highest goes first. */
  priority: number;
  enabled: boolean;
  /** The file in the jobs folder, without `.ts`. */
  handler: string;
  /** The function it shares, by name; of its own where there is none. */
  pool: string | undefined;
  access: readonly Access[];
  description: string;
}

/**
 * Checks the settings of one job and applies the defaults.
 *
 * @param groups those of the list, checked
 * @throws ScheduleError for the first setting that could not be deployed.
 */
export function resolveJob(name: string, settings: Settings, groups: Groups = {}): Job {
  checkName(name, settings.pool);
  checkKeys(name, settings);
  const at = (field: keyof Settings) => ({ job: name, field });
  const timeZone = settings.timeZone ?? 'UTC';
  checkTimeZone(name, timeZone);
  const isStaggered = settings.offset === 'auto';
  const when = isStaggered ? { ...settings, offset: undefined } : settings;
  const expressions = compile(name, when, timeZone);
  const { jitter: window, misfireGrace, timeout = '5 minutes', memory = 256 } = settings;
  const jitter =
    window === undefined
      ? 0
      : durationMs(at('jitter'), window, { from: MINUTE, to: DAY, whole: MINUTE });
  const timeoutMs = durationMs(at('timeout'), timeout, { from: 5_000, to: 15 * MINUTE });
  const job: Job = {
    name,
    expressions,
    timeZone,
    interval: intervalOf(settings.every),
    isStaggered,
    weight: wholeNumber(at('weight'), settings.weight ?? 1, { from: 1, to: 1000 }),
    jitter,
    payload: settings.payload,
    timeout: timeoutMs,
    memory: wholeNumber(at('memory'), memory, { from: 128, to: 10_240 }, 'megabytes'),
    misfireGrace:
      jitter +
      (misfireGrace === undefined
        ? oneInterval(settings.every, expressions)
        : durationMs(at('misfireGrace'), misfireGrace, { from: MINUTE, to: DAY })),
    catchUp: oneOf(at('catchUp'), settings.catchUp ?? 'none', CATCH_UPS),
    retryDelays: retryDelays(name, settings.retry),
    pauseAfter: pauseAfter(name, settings.pauseAfter),
    warnAfter: warnAfter(name, settings.warnAfter, timeoutMs),
    concurrency: wholeNumber(at('concurrency'), settings.concurrency ?? 1, { from: 1, to: 100 }),
    overlap: overlap(name, settings.overlap),
    group: settings.group === undefined ? undefined : groupNamed(name, settings.group, groups),
    priority: wholeNumber(at('priority'), settings.priority ?? 0, { from: -1000, to: 1000 }),
    enabled: settings.enabled ?? true,
    handler: settings.handler ?? settings.pool ?? name,
    pool: settings.pool,
    access: settings.access ?? [],
    description: settings.description ?? name,
  };
  checkDescription(job);
  checkTogether(job, settings);
  checkPayload(job);
  return job;
}

function intervalOf(every: Duration | undefined): number | undefined {
  const interval = every && toMs(every);
  return interval && DAY % interval === 0 ? interval : undefined;
}

/** The default of `misfireGrace`, from a minute to an hour. */
function oneInterval(every: Duration | undefined, expressions: readonly string[]): number {
  const interval = every ? toMs(every) : smallestGap(expressions[0] as string);
  return Math.min(Math.max(interval ?? HOUR, MINUTE), HOUR);
}

function pauseAfter(job: string, value: Settings['pauseAfter'] = 5): number {
  if (value === false) return 0;
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new ScheduleError(
    job,
    'pauseAfter',
    `${shown(value)} is not a whole number of runs from 1 to 1000, nor false for never`,
  );
}

function overlap(job: string, value: Settings['overlap'] = 'skip'): Job['overlap'] {
  // What others call this is a number here.
  if ((value as string) === 'allow') {
    throw new ScheduleError(
      job,
      'overlap',
      "'allow' is another setting: how many runs may live at once, such as concurrency: 2",
    );
  }
  return oneOf({ job, field: 'overlap' }, value, OVERLAPS);
}
