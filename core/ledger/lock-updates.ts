import { failedForGood } from '../run/failure-policy.ts';
import type { Run } from '../run/states.ts';
import { tickOf, timeOf } from '../run/tick.ts';
import { MINUTE } from '../schedule/duration.ts';
import {
  FAILED_SO_OFTEN,
  FENCE_UNCHANGED,
  HAS_ROOM,
  HELD_BY_ME,
  HOLDERS_UNCHANGED,
  heldBy,
  IS_FULL,
  LOCK_EXISTS,
  LOCK_IS_NEW,
  NEWER_THAN_WATERMARK,
  NO_HOLDER,
  NOBODY_WAITS,
  NOT_COUNTED,
  NOT_PAUSED,
  NOT_PAUSED_BY_HAND,
  PAUSE_UNCHANGED,
  PAUSED_BY_BREAKER,
  PLACE_IS_FREE,
  QUEUE_UNCHANGED,
  waits,
} from './conditions.ts';
import {
  BREAKER,
  type Claim,
  type Displaced,
  type Lock,
  type Pause,
  type Release,
  type TakeOver,
} from './ledger.ts';
import { expiry, Update } from './update.ts';
import { queueKey, type Waiting } from './waiting.ts';

/** A lock that nobody used this long belongs to a job that no longer exists. */
const KEPT_DAYS = 90;

/** How long the breaker waits before it lets another run through, in milliseconds. */
const PROBE_EVERY = 3_600_000;

/** Ticks come by the minute: a probe must not miss its own for coming a moment earlier in it than the last. */
function nextProbe(now: number | string): number {
  return timeOf(tickOf(now)) + PROBE_EVERY;
}

/** Holder, fence and watermark in one write: a claim is never half made. */
function granting({ holderKey, holder, now }: Claim): Update {
  return new Update()
    .set(
      '#holders.#me = :holder',
      '#fence = #fence + :one',
      '#fences.#me = #fence + :one',
      '#expiresAt = :expiresAt',
    )
    .named({ '#me': holderKey, '#job': holder.job })
    .with({ ':holder': holder, ':one': 1, ':expiresAt': expiry(now, KEPT_DAYS) });
}

export function acquiring(claim: Claim): Update {
  const { tick, token } = claim.holder;
  const update = granting(claim)
    .set('#watermarks.#job = :tick')
    .onlyIf(LOCK_EXISTS, NOT_PAUSED, NEWER_THAN_WATERMARK, HAS_ROOM)
    .with({ ':tick': tick, ':room': claim.room });
  // A key of its own is never taken; where it is the job's name, it says whether the job runs.
  if (claim.holderKey !== token) update.onlyIf(NO_HOLDER);
  if (claim.yields) update.onlyIf(NOBODY_WAITS).with({ ':nobody': 0 });
  return update;
}

export function takingOver(claim: Claim, seen: Lock, how: TakeOver): Update {
  const { job, tick } = claim.holder;
  const watermark = seen.watermarks[job];
  const update = granting(claim)
    // A watermark never falls: an older tick run late must not open the way for those between.
    .set('#watermarks.#job = :watermark')
    .onlyIf(FENCE_UNCHANGED)
    .with({ ':seen': seen.fence, ':watermark': watermark && watermark > tick ? watermark : tick });
  displacing(update, how.displaced, claim.holderKey);
  if (how.queued) advancing(update, how.queued);
  if (claim.yields)
    update.onlyIf(QUEUE_UNCHANGED).with({ ':places': Object.keys(seen.waiting).length });
  passing(update, how.passes, toTheMinute(claim.now));
  return update;
}

/** Takes holders out whose attempts are over, and tells the lock how they ended, as their releases would have. */
function displacing(update: Update, displaced: readonly Displaced[], mine: string): void {
  displaced.forEach(({ holderKey, holder }, i) => {
    update
      .onlyIf(heldBy(`#dead${i}`, `:dead${i}`))
      .named({ [`#dead${i}`]: holderKey })
      .with({ [`:dead${i}`]: holder.token });
    if (holderKey !== mine) update.remove(`#holders.#dead${i}`, `#fences.#dead${i}`);
  });
  [...Map.groupBy(displaced, ({ holder }) => holder.job)].forEach(([job, ended], i) => {
    const rows = ended.map(({ row }) => row).sort((a, b) => (a.tick < b.tick ? -1 : 1));
    const last = rows.at(-1);
    update
      .set(`#last.#ended${i} = :last${i}`)
      .named({ [`#ended${i}`]: job })
      .with({
        [`:last${i}`]: last && { tick: last.tick, status: last.status, attempt: last.attempt },
      });
    const failed = rows.filter(failedForGood).length;
    if (rows.some(({ status }) => status === 'succeeded'))
      update.set(`#failures.#ended${i} = :none`).with({ ':none': 0 });
    else if (failed > 0)
      update
        .set(`#failures.#ended${i} = if_not_exists(#failures.#ended${i}, :none) + :failed${i}`)
        .with({ ':none': 0, [`:failed${i}`]: failed });
  });
}

/** The place in the queue is used up; the next tick of a backlog takes it. */
function advancing(update: Update, place: Waiting): void {
  const { tick, rest: [next, ...rest] = [] } = place;
  update
    .onlyIf(waits('#place', ':queued'))
    .named({ '#place': queueKey(place) })
    .with({ ':queued': tick });
  if (next === undefined) update.remove('#waiting.#place');
  else update.set('#waiting.#place = :place').with({ ':place': { ...place, tick: next, rest } });
}

function toTheMinute(now: number): number {
  return now - (now % MINUTE);
}

function passing(update: Update, pause: Pause | undefined, now: number): void {
  if (!pause) {
    update.onlyIf(NOT_PAUSED);
    return;
  }
  const { since, probeAt } = pause;
  update.onlyIf(PAUSE_UNCHANGED).with({ ':since': since });
  if (probeAt === undefined) update.remove('#paused.#job');
  else update.set('#paused.#job.#probeAt = :probeAt').with({ ':probeAt': nextProbe(now) });
}

const EMPTY = ['holders', 'fences', 'watermarks', 'last', 'paused', 'failures', 'waiting'] as const;

/** A lock that is new, with some of its maps filled. */
export function creating(
  maps: Partial<Record<(typeof EMPTY)[number], object>>,
  now: number,
): Update {
  const update = new Update()
    // From the clock, so that a lock made anew never repeats a token of the one deleted before it.
    .set('#fence = :fence', '#expiresAt = :expiresAt')
    .onlyIf(LOCK_IS_NEW)
    .with({ ':fence': now, ':expiresAt': expiry(now, KEPT_DAYS) });
  for (const name of EMPTY)
    update.set(`#${name} = :${name}`).with({ [`:${name}`]: maps[name] ?? {} });
  return update;
}

export function releasing({ holderKey, token, row, now }: Release): Update {
  const { job, tick, status, attempt } = row;
  const update = new Update()
    .set('#last.#job = :last', '#expiresAt = :expiresAt')
    .remove('#holders.#me', '#fences.#me')
    .onlyIf(HELD_BY_ME)
    .named({ '#job': job, '#me': holderKey })
    .with({
      ':last': { tick, status, attempt },
      ':expiresAt': expiry(now, KEPT_DAYS),
      ':token': token,
    });
  if (status === 'succeeded') update.set('#failures.#job = :none').with({ ':none': 0 });
  // A run that will be tried again has not failed yet.
  else if (failedForGood(row)) countingFailure(update);
  return update;
}

function countingFailure(update: Update): Update {
  return update
    .set('#failures.#job = if_not_exists(#failures.#job, :none) + :one')
    .with({ ':none': 0, ':one': 1 });
}

/** Counts a run that failed without ever having held the lock; remembered, so that it is counted once. */
export function countingOne(
  { job, tick, attempt, status }: Run,
  now: number,
  passes?: Pause,
): Update {
  const update = countingFailure(new Update().onlyIf(LOCK_EXISTS, NOT_COUNTED));
  if (passes) passing(update, passes, now);
  return update
    .set('#last.#job = :last')
    .named({ '#job': job })
    .with({ ':last': { tick, status, attempt }, ':tick': tick, ':attempt': attempt });
}

export function waiting(place: Waiting, seen: Lock, behind?: Waiting, room = Infinity): Update {
  const key = queueKey(place);
  const { job, tick } = place;
  const holders = Object.keys(seen.holders).length;
  const update = new Update()
    .set('#waiting.#place = :place')
    .named({ '#place': key })
    .with({ ':place': place });
  // In a busy group holders come and go. A tick that never ran only has to know that somebody will
  // call it: whoever leaves a full lock next, or who waits before it.
  if ((behind || holders >= room) && tick > (seen.watermarks[job] ?? '')) {
    update.onlyIf(NEWER_THAN_WATERMARK).named({ '#job': job }).with({ ':tick': tick });
    if (!behind) update.onlyIf(IS_FULL).with({ ':room': room });
  } else
    update
      .onlyIf(FENCE_UNCHANGED, HOLDERS_UNCHANGED)
      .with({ ':seen': seen.fence, ':holders': holders });
  const replaced = seen.waiting[key];
  if (!replaced) update.onlyIf(PLACE_IS_FREE);
  else update.onlyIf(waits('#place', ':replaced')).with({ ':replaced': replaced.tick });
  if (!behind) return update;
  return update
    .onlyIf(waits('#behind', ':behind'))
    .named({ '#behind': queueKey(behind) })
    .with({ ':behind': behind.tick });
}

export function leaving(place: Waiting): Update {
  const update = new Update();
  advancing(update, place);
  return update;
}

export function pausing(job: string, pause: Pause, failures: number): Update {
  return new Update()
    .set('#paused.#job = :pause')
    .onlyIf(NOT_PAUSED, FAILED_SO_OFTEN)
    .named({ '#job': job })
    .with({
      ':pause': { probeAt: nextProbe(pause.since), ...pause },
      ':failures': failures,
    });
}

export function resuming(job: string): Update {
  return new Update()
    .remove('#paused.#job')
    .onlyIf(PAUSED_BY_BREAKER)
    .named({ '#job': job })
    .with({ ':breaker': BREAKER });
}

/** A lock without a time to live: a pause that nobody ends must not go with it. The next claim sets one. */
export function pausingByHand(job: string, pause: Pause): Update {
  return new Update()
    .set('#paused.#job = :pause')
    .remove('#expiresAt')
    .onlyIf(LOCK_EXISTS, NOT_PAUSED_BY_HAND)
    .named({ '#job': job })
    .with({ ':pause': pause, ':breaker': BREAKER, ':now': pause.since });
}

/** With the failures that led to it: the next one must not pause the job again at once. */
export function resumingByHand(job: string, { since }: Pause): Update {
  return new Update()
    .set('#failures.#job = :none')
    .remove('#paused.#job')
    .onlyIf(PAUSE_UNCHANGED)
    .named({ '#job': job })
    .with({ ':since': since, ':none': 0 });
}

/** Nothing but the count: what is paused stays so. */
export function resettingFailures(job: string): Update {
  return new Update()
    .set('#failures.#job = :none')
    .onlyIf(LOCK_EXISTS)
    .named({ '#job': job })
    .with({ ':none': 0 });
}
