/** More jobs than a page of the console shows: one for each shop, all of them run by one function. */
import { type Schedules, schedule } from '../../core/schedule/settings.ts';

const SHOPS = 60;

export const schedules: Schedules = Object.fromEntries(
  Array.from({ length: SHOPS }, (_, i) => [
    `send-reminders@shop-${i + 1}`,
    schedule<typeof import('./jobs/send-reminders.ts')>({
      pool: 'send-reminders',
      every: '1 hour',
      offset: 'auto',
      timeout: '30 seconds',
      memory: 128,
    }),
  ]),
);
