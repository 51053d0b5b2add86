import type { Trigger } from '../run/states.ts';
import type { Tick } from '../run/tick.ts';

/** One place in a lock's queue: a tick that waits for its turn, with all it takes to deliver it again. */
export interface Waiting {
  job: string;
  tick: Tick;
  attempt: number;
  trigger: Trigger;
  /** As JSON; absent where there is none. */
  payload?: string;
  /** See `Delivery`. */
  ownPayload?: boolean;
  priority: number;
  /** How many runs of the job may live at once. */
  concurrency: number;
  /** Since when, in milliseconds since 1970. */
  since: number;
  /** The ticks that follow it, of a backlog that is caught up in order. */
  rest?: Tick[];
}

/**
 * A job has one place in the queue for a tick that came due, and one for its backlog. A job's name
 * has no colon.
 */
export function queueKey({ job, trigger }: Pick<Waiting, 'job' | 'trigger'>): string {
  return trigger === 'catch-up' ? `${job}:catch-up` : job;
}
