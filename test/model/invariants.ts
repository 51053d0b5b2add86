import { BREAKER, type Holder, type Lock, type Pause } from '../../core/ledger/ledger.ts';
import type { Waiting } from '../../core/ledger/waiting.ts';
import type { RunLimits } from '../../core/run/limits.ts';
import type { Run } from '../../core/run/states.ts';
import { dispatchKey } from './process.ts';

/** What every state and every step must keep; the text says what was broken. */
export type Violation = string | undefined;

/**
 * A lock before and after a write.
 *
 * @param by what the tokens of whoever wrote begin with
 * @param alive whether the process with this token lives
 */
export function checkLock(
  before: Lock | undefined,
  after: Lock | undefined,
  by: string,
  alive: (token: string) => boolean,
  limitsOf: (job: string) => RunLimits,
): Violation {
  if (before && !after) return 'the lock vanished';
  if (!after) return undefined;
  const fence = before?.fence ?? 0;
  if (after.fence < fence) return `the fence fell from ${fence} to ${after.fence}`;
  const holders = Object.values(after.holders);
  for (const [key, holder] of Object.entries(after.holders)) {
    if (before?.holders[key]?.token === holder.token) continue;
    const { job, token } = holder;
    if (isClosed(before?.paused[job], after.paused[job]))
      return `${token} got the lock of a paused job`;
    if ((after.fences[key] ?? 0) <= fence)
      return `${token} got the fencing token ${after.fences[key]}, which is not above ${fence}`;
    const { room, concurrency } = limitsOf(job);
    if (holders.length > room || holders.filter((other) => other.job === job).length > concurrency)
      return `${token} got the lock, which had no room for it`;
    const overtaken = before && overtakes(before, holders, holder, limitsOf);
    if (overtaken) return `${token} overtakes ${overtaken}, whose turn it is`;
  }
  const both = Object.values(after.waiting).find(({ job, tick }) =>
    holders.some((holder) => holder.job === job && holder.tick === tick),
  );
  if (both) return `${both.tick} of ${both.job} waits, while it runs`;
  for (const [key, holder] of Object.entries(before?.holders ?? {})) {
    const gone = after.holders[key]?.token !== holder.token;
    if (gone && !holder.token.startsWith(by) && alive(holder.token))
      return `${by} took the lock from ${holder.token}, which is alive`;
  }
  return undefined;
}

/** Whose turn it was instead: of a higher priority, its job not running, and no room for both. */
function overtakes(
  before: Lock,
  holders: readonly Holder[],
  { job, token }: Holder,
  limitsOf: (job: string) => RunLimits,
): string | undefined {
  const { room, priority } = limitsOf(job);
  const others = holders.filter((holder) => holder.token !== token);
  const better = Object.values(before.waiting).filter(
    (place) =>
      place.job !== job &&
      place.priority > priority &&
      !others.some((holder) => holder.job === place.job),
  );
  return better.length >= room - others.length ? better[0]?.job : undefined;
}

/** Whether a pause lets nobody in: the breaker's does, once for each time that it puts off the next probe. */
function isClosed(before: Pause | undefined, after: Pause | undefined): boolean {
  if (!before) return false;
  return before.by !== BREAKER || (after?.probeAt ?? 0) <= (before.probeAt ?? 0);
}

/** A row before and after a write. */
export function checkRow(
  before: Run | undefined,
  after: Run | undefined,
  lock: Lock | undefined,
): Violation {
  // It would outrank the attempt that gets the next token, and refuse its row.
  if (after && lock && after.fence >= lock.fence + 1) {
    return `the row of ${after.tick} has the fence ${after.fence}, and the lock gave out only ${lock.fence}`;
  }
  if (!before) return undefined;
  if (!after) return `the row of ${before.tick} vanished`;
  const changed =
    before.token !== after.token || before.status !== after.status || before.tick !== after.tick;
  if (changed && before.status === 'succeeded')
    return `the success of ${before.tick} became ${after.status} of ${after.tick}`;
  const isEarlier =
    after.attempt < before.attempt ||
    (after.attempt === before.attempt && after.fence < before.fence);
  if (changed && isEarlier)
    return `the row of ${before.tick} went back from attempt ${before.attempt}, fence ${before.fence}, to ${after.attempt}, ${after.fence}`;
  return undefined;
}

/** When the code of an attempt starts: how many run now, of all jobs and of its own, and what the tick's row says. */
export function checkStart(
  running: number,
  own: number,
  { room, concurrency }: RunLimits,
  row: Run | undefined,
): Violation {
  if (running > room || own > concurrency) return `${running} attempts run at once`;
  if (row?.status === 'succeeded') return `${row.tick} runs again after it succeeded`;
  return undefined;
}

/**
 * When a tick is skipped for an overlap: the holder's own row must not say that it has ended.
 * Otherwise one lost packet, a release, would cost ticks that had the lock for the asking.
 */
export function checkSkip(
  tick: string,
  fence: number | undefined,
  holderRow: Run | undefined,
): Violation {
  if (fence === undefined || !holderRow || holderRow.fence < fence) return undefined;
  // A timed-out attempt writes its row while its code may still run.
  if (holderRow.status === 'timed_out') return undefined;
  return `${tick} is skipped for an overlap, though the row of ${holderRow.tick} says ${holderRow.status}`;
}

/** A run that was delivered, and its row where all is over. */
export interface EndedRun {
  job: string;
  tick: string;
  row: Run | undefined;
}

/**
 * When all is over and swept: each delivered tick must have its row, nobody may hold the lock, and
 * whatever is to come was asked for: the next attempt of a run that is not over, the turn of one that waits.
 */
export function checkEnd(
  lock: Lock | undefined,
  runs: readonly EndedRun[],
  asked: (key: string) => boolean,
): Violation {
  const [held] = Object.values(lock?.holders ?? {});
  if (held) return `the lock is still held by ${held.token} of ${held.tick}`;
  const places = Object.values(lock?.waiting ?? {});
  // Whoever is called calls the next in turn.
  const isCalled = ({ job, tick, attempt, trigger }: Waiting) =>
    asked(dispatchKey({ job, scheduledTime: tick, attempt, trigger }));
  const [first] = places;
  if (first && !places.some(isCalled))
    return `${first.tick} of ${first.job} waits, and nobody calls it`;
  for (const { job, tick, row } of runs) {
    if (!row && !places.some((place) => place.job === job && place.tick === tick))
      return `${tick} has no row`;
    if (!row?.retryAt || row.attempt === 0) continue;
    const next = { job, scheduledTime: tick, attempt: row.attempt + 1, trigger: 'retry' as const };
    if (!asked(dispatchKey(next))) return `nobody planned the next attempt of ${tick}`;
  }
  return undefined;
}

/** Where every end of a process has reached its finalizer, nothing is left for the sweep. */
export function checkFinalized(
  lock: Lock | undefined,
  runs: readonly EndedRun[],
  asked: (key: string) => boolean,
): Violation {
  const violation = checkEnd(lock, runs, asked);
  return violation && `before any sweep, ${violation}`;
}

/** Where no process was stalled or killed: each tick ended in time, by being run or skipped on purpose. */
export function checkPrompt(
  rows: { tick: string; row: Run | undefined; delivered: number }[],
  endsWithin: number,
): Violation {
  for (const { tick, row, delivered } of rows) {
    if (!row) return `${tick} had not ended when every delivery of it had`;
    if (row.status === 'crashed' || row.status === 'missed')
      return `${tick} ended as ${row.status}, though nothing died`;
    const late = Date.parse(row.finishedAt) - delivered;
    if (late > endsWithin)
      return `${tick} ended ${late / 1000} s after its first delivery, more than ${endsWithin / 1000} s`;
  }
  return undefined;
}
