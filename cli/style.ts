import type { HealthStatus } from '../core/operations/health.ts';
import type { Run } from '../core/run/states.ts';
import { lookOf } from '../functions/console/looks.ts';

type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim';

const OF_LOOK: Record<ReturnType<typeof lookOf>, Colour> = {
  succeeded: 'green',
  running: 'cyan',
  next: 'dim',
  waiting: 'yellow',
  skipped: 'dim',
  failed: 'red',
  timed_out: 'red',
  crashed: 'red',
  missed: 'red',
};

/** The colour of what became of a run. Its words say it, too. */
export function styleOf(run: Pick<Run, 'status' | 'retryAt'>): Colour {
  return OF_LOOK[lookOf(run)];
}

export const STYLE_OF_HEALTH: Record<HealthStatus, Colour> = {
  healthy: 'green',
  degraded: 'yellow',
  failing: 'red',
};
