import type { JobView } from '../core/operations/overview.ts';
import { clockOf, lengthOf } from '../functions/console/times.ts';

/** What a job is doing, or why it is not, in words; `idle` where there is nothing to say. */
export function stateOf(view: JobView, now: number): string {
  const { job, holders, paused, waiting, failures, runs } = view;
  const again = runs.find(({ retryAt }) => retryAt !== undefined)?.retryAt;
  const all = [
    !job.enabled && 'off',
    paused && `paused by ${paused.by}`,
    ...holders.map(({ holder, isDead, level }) =>
      isDead
        ? 'dead, holds its lock'
        : `running ${lengthOf(now - Date.parse(holder.startedAt))}${level ? `: ${level}` : ''}`,
    ),
    waiting.length > 0 && `${waiting.length} in the queue`,
    again && `next attempt ${clockOf(Date.parse(again), now)}`,
    failures > 1 && `${failures} failed in a row`,
  ].filter((one) => typeof one === 'string');
  return all.join(', ') || 'idle';
}
