import type { Delivery } from '../../core/run/delivery.ts';
import type { RunLimits } from '../../core/run/limits.ts';
import type { Tick } from '../../core/run/tick.ts';

/** A second and a minute, in milliseconds. */
export const S = 1_000;
export const M = 60 * S;

/** The job of a scenario that has only one. */
export const JOB = 'job';

/** When the simulated world begins. */
export const EPOCH = Date.parse('2026-03-01T00:00Z');

/** The ticks of a scenario, ten minutes apart, by their index. */
export const TICKS: readonly Tick[] = [
  '2026-03-01T00:00Z',
  '2026-03-01T00:10Z',
  '2026-03-01T00:20Z',
  '2026-03-01T00:30Z',
];

/** One process that may come to be: a delivery, a sweep, or a finalizer. */
export interface Spec {
  kind: 'delivery' | 'sweep' | 'finalizer';
  job: string;
  /** Index into `TICKS`; of a delivery. */
  tick: number;
  /** Indices of the ticks that a sweep expects and found no row of. */
  withoutRow: readonly number[];
  attempt: number;
  trigger: 'schedule' | 'retry' | 'catch-up';
  /** It was not sent by a schedule, but asked for by another process: it starts only after that. */
  asked: boolean;
  /** Whose end a finalizer is told of: the index of a delivery, which must have died or thrown. */
  of: number;
  /** Two deliveries may share one, as Lambda's own retries do. */
  requestId: string;
  /** Index into `moments` from which it may start, and up to which. */
  from: number;
  until: number;
  /** How far its clock runs ahead of true time; within the margin of 5 seconds. */
  skew: number;
  /** It starts only after the process with this index: keeps equal processes from being told apart. */
  after?: number;
  /** It starts only after the process with this index has come to its end. */
  afterEnd?: number;
}

/** How often the adversary may do what. */
export interface Faults {
  /** A process dies, between any two of its requests or while its code runs. */
  crashes: number;
  /** An answer is lost after the write was applied; the SDK sends the request again. */
  lost: number;
  /** A copy of a request stays in the network, and arrives at any later time or never. */
  late: number;
  /** The store gives a request no answer in all its tries; it was not applied. */
  away: number;
  /** The code throws. */
  throws: number;
  /** The code runs into its signal: it heeds it, or ignores it. */
  timeouts: number;
  /** Somebody pauses the job. */
  pauses: number;
}

/** A small world that is explored whole. */
export interface Scenario {
  name: string;
  /** Milliseconds after `EPOCH` at which something may happen; time passes from one to the next. */
  moments: readonly number[];
  /** Milliseconds that a delivery has until Lambda kills it. */
  timeout: number;
  processes: readonly Spec[];
  faults: Faults;
  /** Whether a refusal brings the item, as DynamoDB's does; dynalite's does not. */
  returnsItem: boolean;
  /** Whether the lock has been used before; if not, this is the job's very first run. */
  used: boolean;
  /** Whether the platform kills at the deadline. It does; a mutation says no. */
  kills: boolean;
  /** Whether a sweep comes at the end. It does; a mutation says no. */
  swept: boolean;
  /**
   * No process is stalled: time passes only when none waits for the store. Then a tick must end
   * within `endsWithin` milliseconds of its first delivery, and never as crashed or missed.
   */
  prompt: boolean;
  endsWithin: number;
  /** The limits of its jobs, by name, where they are not the usual: alone, no retries, never paused. */
  jobs: Record<string, Partial<RunLimits>>;
  /** The lock of all of them. */
  lock: string;
  /** Each end of a process reaches its finalizer: then nothing is left to the sweeper. */
  finalized: boolean;
  /** Explored only with --deep. */
  deep: boolean;
}

const NO_FAULTS: Faults = {
  crashes: 0,
  lost: 0,
  late: 0,
  away: 0,
  throws: 0,
  timeouts: 0,
  pauses: 0,
};

/** A scenario with the usual settings where nothing else is said: 10 s of timeout, 5 s a step. */
export function scenario(
  name: string,
  processes: readonly Spec[],
  { faults, ...more }: Partial<Omit<Scenario, 'faults'>> & { faults?: Partial<Faults> } = {},
): Scenario {
  return {
    name,
    moments: [0, 5, 10, 15, 20, 25].map((s) => s * S),
    timeout: 10 * S,
    returnsItem: true,
    used: true,
    kills: true,
    swept: true,
    prompt: false,
    endsWithin: Number.POSITIVE_INFINITY,
    jobs: { [JOB]: {} },
    lock: JOB,
    finalized: false,
    deep: false,
    ...more,
    processes,
    faults: { ...NO_FAULTS, ...faults },
  };
}

/** One delivery of the tick with this index. */
export function delivery(tick: number, more: Partial<Spec> = {}): Spec {
  return {
    kind: 'delivery',
    job: JOB,
    asked: false,
    of: -1,
    tick,
    withoutRow: [],
    attempt: 1,
    trigger: 'schedule',
    requestId: 'r1',
    from: 0,
    until: Number.POSITIVE_INFINITY,
    skew: 0,
    ...more,
  };
}

/** One sweep beside the deliveries; the one at the end comes of itself. */
export function sweeping(more: Partial<Spec> = {}): Spec {
  return { ...delivery(-1), kind: 'sweep', requestId: 'sweep', ...more };
}

/** A finalizer that is told of the end of the process with this index. */
export function finalizing(of: number, more: Partial<Spec> = {}): Spec {
  return { ...delivery(-1), kind: 'finalizer', of, requestId: `end of ${of}`, ...more };
}

/** The event of a delivery. */
export function deliveryOf({ job, tick, trigger, attempt }: Spec): Delivery {
  return { job, tick: TICKS[tick] as string, trigger, attempt, payload: undefined };
}

export function limitsFor({ jobs, lock }: Scenario, job: string): RunLimits {
  return {
    lock,
    room: 1,
    concurrency: 1,
    overlap: 'skip',
    priority: 0,
    misfireGrace: 60 * M,
    catchUp: 'none',
    retryDelays: [],
    pauseAfter: 0,
    ...jobs[job],
  };
}

/** True time at a moment; the one after the last is when all is long over. */
export function timeAt({ moments }: Scenario, moment: number): number {
  return EPOCH + (moments[moment] ?? (moments.at(-1) as number) + 60 * M);
}

/** The sweeps that come when all is over: of each job, expecting every tick that was delivered or should have been. */
export function finalSweeps({ jobs, processes }: Scenario): Spec[] {
  return Object.keys(jobs).map((name) => {
    const own = processes.filter(({ kind, job }) => kind === 'delivery' && job === name);
    return sweeping({ job: name, withoutRow: [...new Set(own.map(({ tick }) => tick))].sort() });
  });
}
