import type { Level } from '../run/alert.ts';
import type { Duration } from './duration.ts';

/** When a job runs: exactly one of `every`, `cron` and `at`. */
export type When =
  | {
      /**
       * A fixed interval in whole minutes that divides a day, so that the day has the same ticks
       * every day. Compiled to cron expressions, never to a rate with a start date.
       */
      every: Duration;
      /**
       * Shifts the ticks against the neighbours'. Whole minutes, less than `every`. `'auto'`: chosen so
       * that the fullest minute of the day is as empty as may be; a job sees those before it in the list,
       * and one added at the end moves none. See `stagger.ts`. Default: none.
       */
      offset?: Duration | 'auto';
      /**
       * `'any'` takes an interval that does not divide a day as an EventBridge rate; which minutes
       * it hits is then EventBridge's affair. Default: such an interval is refused.
       */
      phase?: 'any';
      cron?: never;
      at?: never;
    }
  | {
      /**
       * EventBridge's six fields: minutes, hours, day of month, month, day of week, year, such as
       * `'0 9 * * ? *'`. One of the two day fields is `?`; days of the week are 1-7, from Sunday.
       * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
       */
      cron: string;
      every?: never;
      offset?: never;
      phase?: never;
      at?: never;
    }
  | {
      /** Once, at this local time in `timeZone`: `'2026-12-24T18:00'`. */
      at: string;
      every?: never;
      cron?: never;
      offset?: never;
      phase?: never;
    };

export const OVERLAPS = ['skip', 'bufferOne'] as const;
export const CATCH_UPS = ['none', 'latest', 'all'] as const;

/** When a run that did not succeed is tried again. */
export interface Retry {
  /**
   * How long to wait after the first failed attempt, after the second, and so on; after the last one
   * the run has failed. Each in whole minutes, from 1 minute to 1 day; at most 20. `[]` is never.
   */
  delays: readonly Duration[];
}

/** The settings of a job besides when it runs and its payload. */
export interface Limits {
  /** The IANA time zone in which `cron` and `at` are read. Default: `'UTC'`. */
  timeZone?: string;
  /** Fires at a random moment within this long after the tick; whole minutes. Default: none. */
  jitter?: Duration;
  /** Lambda's deadline for one attempt: 5 seconds to 15 minutes. Default: `'5 minutes'`. */
  timeout?: Duration;
  /** Megabytes of memory, 128 to 10240; CPU grows with it. Default: 256. */
  memory?: number;
  /**
   * What becomes of an attempt that did not succeed. Default: tried again after 1, 5, 15, 30 and 60
   * minutes. The author's code may say otherwise of an error.
   */
  retry?: Retry;
  /**
   * After so many runs failed for good in a row the job pauses itself: 1 to 1000. One probe an hour
   * is let through, and a success ends the pause. `false` is never. Default: 5.
   */
  pauseAfter?: number | false;
  /**
   * When a run that goes on is told of: after a share of its timeout, or a duration. Looked at by the
   * sweeper, every five minutes: a run that is over before it comes is not told of. `false` is never.
   * Default: `{ warning: '50%', critical: '80%', emergency: '95%' }`.
   */
  warnAfter?: false | Partial<Record<Level, `${number}%` | Duration>>;
  /** How many runs of the job may live at once: 1 to 100. Default: 1. */
  concurrency?: number;
  /**
   * What becomes of a tick that comes due while the job is at its concurrency. `'skip'`: nothing runs.
   * `'bufferOne'`: it waits, and starts when a run ends; of several that wait the newest stays, and the
   * others end as `superseded`. Default: `'skip'`.
   */
  overlap?: (typeof OVERLAPS)[number];
  /**
   * A limit shared with other jobs: the name of one of the list's `groups`. A tick that finds its
   * group full waits. Default: none.
   */
  group?: string;
  /** Who of a group waits goes by it, the highest first: a whole number, -1000 to 1000. Default: 0. */
  priority?: number;
  /**
   * A tick delivered later than this is skipped: `misfire`. Default: one interval, at least a
   * minute, at most an hour. `jitter` is added, because a jittered delivery is not late.
   */
  misfireGrace?: Duration;
  /**
   * What becomes of the ticks that did not run in their `misfireGrace`, after an outage. `'none'`: nothing
   * runs. `'latest'`: the newest runs, and the others end as `superseded`. `'all'`: the newest hundred
   * run, in order. Not for an interval with `phase: 'any'`, whose ticks nobody knows. Default: `'none'`.
   */
  catchUp?: (typeof CATCH_UPS)[number];
  /**
   * How much a run counts where `offset: 'auto'` keeps jobs apart: one of weight 3 as much as three. A
   * whole number, 1 to 1000. Default: 1. Where the list exports `durations`, times how long a run takes.
   */
  weight?: number;
  /** `false` keeps the job deployed and its schedule off. Default: `true`. */
  enabled?: boolean;
  /** The file in the jobs folder, without `.ts`. Default: the pool's name, or else the job's. */
  handler?: string;
  /**
   * The name of a function that many jobs share, so that thousands of schedules need few functions. A job of
   * the pool `'sync'` is called `'sync@<name>'`: up to 40 letters, digits, '-' or '_'. Each has its own
   * ticks, rows and lock, and may differ in when it runs, `payload`, `weight`, `warnAfter`, `enabled`
   * and `description`; what the function has once (`timeout`, `memory`, `retry`, `misfireGrace`, ...) is equal
   * in all of them. `misfireGrace` counts with the `jitter` added, and its default is one interval:
   * where they differ in `every` it has to be said. Not with `group`. Default: a function of the job's own.
   */
  pool?: string;
  /** What the job's code may reach besides the ledger; see `infra/constructs/application.ts`. Default: nothing. */
  access?: readonly Access[];
  /** Shown in EventBridge's and Lambda's consoles. Default: the job's name. */
  description?: string;
}

/** What a job's code may reach: the application table, or sending e-mail. */
export type Access = 'application' | 'email';

/**
 * The limits that jobs share: name of the group -> how many runs of all its jobs may live at once, 1 to
 * 1000. A name has 1 to 64 letters, digits, '.', '-' or '_'. `infra/schedules.ts` exports them as `groups`.
 */
export type Groups = Record<string, { limit: number }>;

/**
 * One entry of `infra/schedules.ts`, as data. The payload of a job that may wait (`bufferOne`, `group`,
 * `catchUp`) is kept in its lock meanwhile: at most 16 KB of JSON.
 */
export type Settings = When & Limits & { payload?: unknown };

/** The list: job name -> settings. */
export type Schedules = Record<string, Settings>;

/** What a job's module exports: a handler that carries the type of its payload. */
interface JobModule {
  handler: { readonly takes?: (payload: never) => void };
}
type PayloadOf<M extends JobModule> = M['handler'] extends {
  readonly takes?: (payload: infer P) => void;
}
  ? P
  : never;
/** A job that takes no payload must get none; one that takes one must get it. */
type PayloadSetting<P> = [P] extends [undefined] ? { payload?: undefined } : { payload: P };

/**
 * One entry of `infra/schedules.ts`. Naming the job's module makes a wrong or missing payload a
 * compile error: `schedule<typeof import('../functions/jobs/x.ts')>({ every: '5 minutes' })`.
 */
export function schedule<M extends JobModule>(
  settings: When & Limits & PayloadSetting<PayloadOf<M>>,
): Settings {
  return settings;
}
