import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that hangs on nothing but its arguments: the same seed plays the same campaign,
 * however the processes happen to be scheduled.
 */
export function dice(seed: number, ...about: (string | number)[]): number {
  const hash = createHash('sha256')
    .update(`${seed} ${about.join(' ')}`)
    .digest();
  return hash.readUInt32LE() / 2 ** 32;
}

/** Which of some unlikely things happens, if any: each has its share of all rolls. */
export function pick<T extends string>(roll: number, shares: Record<T, number>): T | undefined {
  let from = 0;
  for (const [name, share] of Object.entries<number>(shares)) {
    if (roll >= from && roll < from + share) return name as T;
    from += share;
  }
  return undefined;
}
