import type { Pause } from '../ledger/ledger.ts';

/** Whether a pause still counts: one whose time is over stays in its lock until a claim or a sweep takes it out. */
export function isInForce({ until }: Pause, now: number): boolean {
  return until === undefined || Date.parse(until) > now;
}
