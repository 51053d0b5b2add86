import type { Holder, Lock } from '../ledger/ledger.ts';
import type { Waiting } from '../ledger/waiting.ts';
import type { DeliveryEvent } from './delivery.ts';
import type { RunLimits } from './limits.ts';
import { isDead } from './seal.ts';
import type { Tick } from './tick.ts';

/** The place in the queue of a tick that waits. */
export function placeOf(lock: Lock, job: string, tick: Tick): Waiting | undefined {
  return Object.values(lock.waiting).find((place) => place.job === job && place.tick === tick);
}

/** The places in the order of their turns: a backlog last, then by priority, then by who came first. */
function inOrder(places: readonly Waiting[]): Waiting[] {
  const rank = ({ trigger }: Waiting) => (trigger === 'catch-up' ? 1 : 0);
  return places.toSorted(
    (a, b) => rank(a) - rank(b) || b.priority - a.priority || a.since - b.since,
  );
}

/** Those whose own job would let them run now; the others wait for a run of their job to end. */
function ready(places: readonly Waiting[], live: readonly Holder[]): Waiting[] {
  return places.filter(
    ({ job, concurrency }) => live.filter((holder) => holder.job === job).length < concurrency,
  );
}

/**
 * Who of the queue goes before a job that finds room: there are as many of them as there is room.
 *
 * @returns the last of them; `undefined` where it is the job's own turn
 */
export function goesBefore(
  lock: Lock,
  job: string,
  { room, priority }: Pick<RunLimits, 'room' | 'priority'>,
  live: readonly Holder[],
): Waiting | undefined {
  const own = lock.waiting[job];
  const others = Object.values(lock.waiting).filter(
    (place) =>
      place.job !== job &&
      place.trigger !== 'catch-up' &&
      (place.priority > priority ||
        (place.priority === priority && (own === undefined || place.since < own.since))),
  );
  return inOrder(ready(others, live))[room - live.length - 1];
}

/** Whose turn it is: as many as there is room for. */
export function nextInLine(lock: Lock, room: number, now: number): Waiting[] {
  const live = Object.values(lock.holders).filter((holder) => !isDead(holder, now));
  const places = ready(Object.values(lock.waiting), live);
  return inOrder(places).slice(0, Math.max(0, room - live.length));
}

/** The delivery that gives a waiting tick its turn. */
export function turnOf(place: Waiting): DeliveryEvent {
  const { job, tick, trigger, attempt, payload, ownPayload, since } = place;
  return {
    job,
    scheduledTime: tick,
    trigger,
    attempt,
    ...(payload !== undefined && { payload: JSON.parse(payload) }),
    ...(ownPayload !== undefined && { ownPayload }),
    waitingSince: new Date(since).toISOString(),
  };
}
