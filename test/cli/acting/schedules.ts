/** Jobs that somebody has to do something about. */
import { type Schedules, schedule } from '../../../core/schedule/settings.ts';

const small = { timeout: '30 seconds', memory: 128, retry: { delays: [] } } as const;

export const schedules: Schedules = {
  greet: schedule<typeof import('./jobs/greet.ts')>({
    ...small,
    cron: '0/10 * * * ? *',
    payload: { word: 'hello' },
  }),
  // Its ticks are those of the past: nothing comes due while a test plays.
  count: schedule<typeof import('./jobs/count.ts')>({
    ...small,
    cron: '* * * * ? 2025',
    concurrency: 10,
  }),
  stumble: schedule<typeof import('./jobs/stumble.ts')>({
    ...small,
    cron: '0 0/6 * * ? 2025',
    pauseAfter: 3,
  }),
  crash: schedule<typeof import('./jobs/crash.ts')>({ ...small, cron: '0 0/6 * * ? 2025' }),
  linger: schedule<typeof import('./jobs/linger.ts')>({
    ...small,
    cron: '0 0 * * ? 2025',
    timeout: '1 minute',
    payload: { seconds: 2 },
  }),
};
