import type { Overview } from '../../core/operations/overview.ts';
import type { Run, Status } from '../../core/run/states.ts';
import type { Tick } from '../../core/run/tick.ts';

/** What has happened between two looks; plain data, as `watch --json` has it. */
export interface Change {
  what: 'started' | 'ended' | 'paused' | 'resumed';
  job: string;
  /** ISO 8601. */
  at: string;
  tick?: Tick;
  attempt?: number;
  status?: Status;
  reason?: Run['reason'];
  startedAt?: string;
  /** In words. */
  why?: string;
  /** When the next attempt is due, ISO 8601. */
  retryAt?: string;
}

/** Tells what is new in an overview. Nothing is in the first: what was before is no change. */
export class Changes {
  #known: ReadonlySet<string> | undefined;
  /** Milliseconds since 1970. */
  #lookedAt = 0;

  since({ jobs, now }: Overview): Change[] {
    const at = new Date(now).toISOString();
    const all = new Map<string, Change>();
    for (const { job: listed, runs, holders, paused } of jobs) {
      const job = listed.name;
      for (const run of runs) all.set(`ended ${job} ${keyOf(run)}`, ended(run));
      for (const { holder } of holders) {
        const { tick, attempt, startedAt, token } = holder;
        const change: Change = { what: 'started', job, at: startedAt, tick, attempt };
        all.set(`started ${token}`, change);
      }
      if (paused) {
        const why = `by ${paused.by}: ${paused.why}`;
        all.set(`paused ${job} ${paused.since}`, { what: 'paused', job, at: paused.since, why });
      }
    }
    const known = this.#known;
    this.#known = new Set(all.keys());
    if (!known) {
      this.#lookedAt = now;
      return [];
    }
    const lookedAt = this.#lookedAt;
    this.#lookedAt = now;
    const fresh = [...all]
      .filter(([key, change]) => !known.has(key) && !isOld(change, lookedAt))
      .map(([, change]) => change);
    const over = [...known].filter((key) => key.startsWith('paused ') && !all.has(key));
    const resumed = over.map((key): Change => {
      const [, job = ''] = key.split(' ');
      return { what: 'resumed', job, at };
    });
    return [...fresh, ...resumed].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}

/** How late a row may be seen, in milliseconds: clocks differ, and one look takes a while. */
const LATENESS = 60_000;

/** Which old runs are seen differs from look to look: the last ones, or those that are trouble. */
function isOld({ what, at }: Change, lookedAt: number): boolean {
  return what === 'ended' && Date.parse(at) < lookedAt - LATENESS;
}

function keyOf({ tick, attempt, status, retryAt }: Run): string {
  return [tick, attempt, status, retryAt].join(' ');
}

function ended(run: Run): Change {
  const { job, tick, attempt, status, reason, startedAt, finishedAt, error, retryAt } = run;
  return {
    what: 'ended',
    job,
    at: finishedAt,
    tick,
    attempt,
    status,
    ...(reason && { reason }),
    ...(startedAt && { startedAt }),
    ...(error && { why: `${error.name}: ${error.message}` }),
    ...(retryAt && { retryAt }),
  };
}
