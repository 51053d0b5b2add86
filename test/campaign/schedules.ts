import type { Duration } from '../../core/schedule/duration.ts';
import {
  type Groups,
  type Schedules,
  type Settings,
  schedule,
} from '../../core/schedule/settings.ts';
import { cronOf } from './span.ts';
import type { Orders } from './witness.ts';

const seed = Number(process.env.PUNCTUAL_CAMPAIGN_SEED ?? 1);
const faults = Number(process.env.PUNCTUAL_CAMPAIGN_FAULTS ?? 1);
const folder = process.env.PUNCTUAL_CAMPAIGN_FOLDER ?? '.punctual/campaign';
const minutes = Number(process.env.PUNCTUAL_CAMPAIGN_MINUTES ?? 60);

export const groups: Groups = { narrow: { limit: 1 }, wide: { limit: 2 } };

type Kind = Pick<
  Settings,
  'retry' | 'pauseAfter' | 'concurrency' | 'overlap' | 'group' | 'priority' | 'catchUp'
> & { misfireGrace?: Duration; throws?: number };

const TWICE: Kind['retry'] = { delays: ['1 minute', '1 minute'] };
const ONCE: Kind['retry'] = { delays: ['1 minute'] };
const NEVER: Kind['retry'] = { delays: [] };

/** The job's name says what is asked of the protocol; `throws` is its share of attempts that fail. */
const KINDS: Record<string, Kind> = {
  'plain-1': { retry: NEVER },
  'plain-2': { retry: NEVER, misfireGrace: '10 minutes' },
  'retried-1': { retry: TWICE, throws: 0.3 },
  'retried-2': { retry: TWICE, throws: 0.3, misfireGrace: '10 minutes' },
  'retried-long': { retry: { delays: ['1 minute', '3 minutes', '5 minutes', '5 minutes'] }, throws: 0.5 },
  'buffered-1': { retry: NEVER, overlap: 'bufferOne', misfireGrace: '10 minutes' },
  'buffered-2': { retry: TWICE, overlap: 'bufferOne', misfireGrace: '10 minutes', throws: 0.2 },
  'parallel-skip': { retry: ONCE, concurrency: 3, misfireGrace: '10 minutes', throws: 0.1 },
  'parallel-buffered': {
    retry: ONCE, concurrency: 3, overlap: 'bufferOne', misfireGrace: '10 minutes', throws: 0.1,
  },
  'narrow-low': { retry: ONCE, group: 'narrow', misfireGrace: '10 minutes', throws: 0.1 },
  'narrow-high': { retry: ONCE, group: 'narrow', priority: 10, throws: 0.1 },
  'wide-low': { retry: NEVER, group: 'wide', misfireGrace: '10 minutes' },
  'wide-middle': { retry: TWICE, group: 'wide', priority: 5, misfireGrace: '10 minutes', throws: 0.3 },
  'wide-buffered': {
    retry: ONCE, group: 'wide', priority: 5, overlap: 'bufferOne', misfireGrace: '10 minutes',
  },
  'wide-parallel': { retry: ONCE, group: 'wide', priority: 9, concurrency: 2, catchUp: 'all', throws: 0.1 },
  'latest-1': { retry: ONCE, catchUp: 'latest', throws: 0.1 },
  'latest-2': { retry: NEVER, catchUp: 'latest', overlap: 'bufferOne', misfireGrace: '5 minutes' },
  'all': { retry: ONCE, catchUp: 'all', throws: 0.1 },
  'breaker-1': { retry: NEVER, pauseAfter: 2, throws: 0.3 },
  'breaker-2': { retry: ONCE, pauseAfter: 2, throws: 0.5, overlap: 'bufferOne' },
}; // biome-ignore format: one line a job reads better

/** How many jobs the campaign has; each ticks every minute. */
export const JOBS = Object.keys(KINDS).length;

/** Jobs that do nothing but be seen. */
export const schedules: Schedules = Object.fromEntries(
  Object.entries(KINDS).map(([name, { throws = 0, ...kind }]) => [
    name,
    schedule<typeof import('./jobs/witness.ts')>({
      pauseAfter: false,
      misfireGrace: '1 minute',
      ...kind,
      cron: cronOf(minutes),
      handler: 'witness',
      timeout: '5 seconds',
      memory: 128,
      payload: { ...ordersOf(kind), throws },
    }),
  ]),
);

function ordersOf({ concurrency = 1, group }: Kind): Omit<Orders, 'throws'> {
  const shared = group ? { group, limit: groups[group]?.limit ?? 0 } : {};
  return { seed, faults, folder, concurrency, ...shared };
}
