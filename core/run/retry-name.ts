import { createHash } from 'node:crypto';
import { LONGEST, shortened } from './function-name.ts';
import { isMade } from './made.ts';
import type { Tick } from './tick.ts';

/**
 * The name of the one-time schedule that delivers an attempt. It follows from what it delivers, so
 * that asked for twice it is one schedule. EventBridge takes no '@' in it.
 */
export function retryName(job: string, tick: Tick, attempt: number): string {
  const what = `retry_${attempt}_${tick.replaceAll(/[:-]/g, '')}`;
  if (!isMade(job)) return shortened(`${what}_${job}`);
  // A hash, and before the name, which is cut: ten thousand that share a function may begin alike.
  const hash = createHash('sha256').update(job).digest('hex').slice(0, 12);
  return `${what}_${hash}_${job.replace('@', '_')}`.slice(0, LONGEST);
}
