import { shortened } from './function-name.ts';
import { isMade, madeScheduleName } from './made.ts';
import type { Tick } from './tick.ts';

/**
 * The name of the one-time schedule that delivers an attempt. It follows from what it delivers, so
 * that asked for twice it is one schedule.
 */
export function retryName(job: string, tick: Tick, attempt: number): string {
  // EventBridge takes no '@' in a name.
  const who = isMade(job) ? madeScheduleName(job, 0) : job;
  return shortened(`retry_${attempt}_${tick.replaceAll(/[:-]/g, '')}_${who}`);
}
