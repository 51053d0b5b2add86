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

/** Which of some unlikely things happens, if any: each has its share of all rolls, so many times over. */
export function pick<T extends string>(
  roll: number,
  shares: Record<T, number>,
  times = 1,
): T | undefined {
  let from = 0;
  for (const [name, share] of Object.entries<number>(shares)) {
    if (roll >= from && roll < from + share * times) return name as T;
    from += share * times;
  }
  return undefined;
}

/** Once in so many simulated minutes a service goes away, for one to so many minutes. */
const AWAY_EVERY = 40;
const LONGEST_AWAY = 3;

/** @param now simulated milliseconds since 1970 */
export function isAway(seed: number, service: string, now: number): boolean {
  const minute = Math.floor(now / 60_000);
  const block = Math.floor(minute / AWAY_EVERY);
  const start = Math.floor(dice(seed, service, 'away at', block) * AWAY_EVERY);
  const length = 1 + Math.floor(dice(seed, service, 'away for', block) * LONGEST_AWAY);
  const at = minute % AWAY_EVERY;
  return at >= start && at < start + length;
}
