import type { RunLimits } from '../../core/run/limits.ts';
import type { Sight } from './witness.ts';

/**
 * Attempts whose fencing token is not higher than all before it: of its tick, of its job where that runs
 * one at a time, and of its lock where only one holds that. Those that may live side by side may also
 * begin in another order than they got their tokens in; but none has another's.
 *
 * @param started in their order
 */
export function fallen(
  started: readonly Sight[],
  limits: ReadonlyMap<string, Pick<RunLimits, 'lock' | 'room' | 'concurrency'>>,
): Sight[] {
  const highest = new Map<string, number>();
  const given = new Set<string>();
  return started.filter(({ job, tick, fencingToken }) => {
    const { lock = job, room = 1, concurrency = 1 } = limits.get(job) ?? {};
    const orders = [
      `tick ${job} ${tick}`,
      ...(concurrency === 1 ? [`job ${job}`] : []),
      ...(room === 1 ? [`lock ${lock}`] : []),
    ];
    const fell = orders.some((order) => fencingToken <= (highest.get(order) ?? 0));
    const isAnothers = given.has(`${lock} ${fencingToken}`);
    given.add(`${lock} ${fencingToken}`);
    for (const order of orders) highest.set(order, Math.max(highest.get(order) ?? 0, fencingToken));
    return fell || isAnothers;
  });
}
