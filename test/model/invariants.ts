import type { Lock } from '../../core/ledger/ledger.ts';
import type { Run } from '../../core/run/states.ts';

/** What every state and every step must keep; the text says what was broken. */
export type Violation = string | undefined;

/** A lock before and after a write; `alive` says whether the process with this token lives. */
export function checkLock(
  before: Lock | undefined,
  after: Lock | undefined,
  by: string,
  alive: (token: string) => boolean,
): Violation {
  if (before && !after) return 'the lock vanished';
  if (!after) return undefined;
  const fence = before?.fence ?? 0;
  if (after.fence < fence) return `the fence fell from ${fence} to ${after.fence}`;
  for (const [key, holder] of Object.entries(after.holders)) {
    const granted = before?.holders[key]?.token !== holder.token;
    if (granted && before?.paused[holder.job])
      return `${holder.token} got the lock of a paused job`;
    if (granted && (after.fences[key] ?? 0) <= fence)
      return `${holder.token} got the fencing token ${after.fences[key]}, which is not above ${fence}`;
  }
  for (const [key, holder] of Object.entries(before?.holders ?? {})) {
    const gone = after.holders[key]?.token !== holder.token;
    if (gone && holder.token !== by && alive(holder.token))
      return `${by} took the lock from ${holder.token}, which is alive`;
  }
  return undefined;
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
  if (changed && after.fence < before.fence)
    return `the row of ${before.tick} went back from fence ${before.fence} to ${after.fence}`;
  return undefined;
}

/** When the code of an attempt starts: how many run now, and what the tick's row says. */
export function checkStart(running: number, row: Run | undefined): Violation {
  if (running > 1) return `${running} attempts run at once`;
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

/** When all is over and swept: each delivered tick must have its row, and nobody may hold the lock. */
export function checkEnd(
  lock: Lock | undefined,
  rows: { tick: string; row: Run | undefined }[],
): Violation {
  const [held] = Object.values(lock?.holders ?? {});
  if (held) return `the lock is still held by ${held.token} of ${held.tick}`;
  const silent = rows.find(({ row }) => row === undefined);
  return silent && `${silent.tick} has no row`;
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
