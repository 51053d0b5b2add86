import type { Duration } from '../../core/schedule/duration.ts';
import { type Schedules, schedule } from '../../core/schedule/settings.ts';

/** How many jobs the campaign has; each ticks every minute. */
export const JOBS = 20;

const seed = Number(process.env.PUNCTUAL_CAMPAIGN_SEED ?? 1);
const folder = process.env.PUNCTUAL_CAMPAIGN_FOLDER ?? '.punctual/campaign';

/** Jobs that do nothing but be seen: half give a late delivery a minute, half ten. */
export const schedules: Schedules = Object.fromEntries(
  Array.from({ length: JOBS }, (_, i) => [
    `campaign-${String(i + 1).padStart(2, '0')}`,
    schedule<typeof import('./jobs/witness.ts')>({
      every: '1 minute',
      handler: 'witness',
      timeout: '5 seconds',
      memory: 128,
      misfireGrace: (i % 2 === 0 ? '1 minute' : '10 minutes') as Duration,
      payload: { seed, folder },
    }),
  ]),
);
