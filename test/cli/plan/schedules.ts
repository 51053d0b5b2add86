/** The list of `../schedules.ts` after some changes. Its jobs' code is the same. */
import { type Schedules, schedule } from '../../../core/schedule/settings.ts';

const small = { timeout: '30 seconds', memory: 128 } as const;

export const schedules: Schedules = {
  'send-reminders': schedule<typeof import('./jobs/send-reminders.ts')>({
    cron: '0/5 * * * ? *',
    ...small,
    payload: { most: 5 },
  }),
  'import-invoices': schedule<typeof import('./jobs/import-invoices.ts')>({
    every: '20 minutes',
    offset: '5 minutes',
    ...small,
  }),
  'close-the-week': schedule<typeof import('./jobs/close-the-day.ts')>({
    cron: '30 2 ? * SUN *',
    handler: 'close-the-day',
    timeZone: 'Europe/Oslo',
    ...small,
  }),
  'once-a-year': schedule<typeof import('./jobs/close-the-day.ts')>({
    cron: '0 0 1 1 ? *',
    handler: 'close-the-day',
    enabled: false,
    ...small,
  }),
};
