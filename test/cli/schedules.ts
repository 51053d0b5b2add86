/** Jobs of every kind that the command line has something to say of. */
import { type Schedules, schedule } from '../../core/schedule/settings.ts';

const small = { timeout: '30 seconds', memory: 128 } as const;

export const schedules: Schedules = {
  'send-reminders': schedule<typeof import('./jobs/send-reminders.ts')>({
    cron: '0/10 * * * ? *',
    ...small,
    description: 'Reminds customers of what they left in their basket',
    payload: { most: 5 },
  }),
  'import-invoices': schedule<typeof import('./jobs/import-invoices.ts')>({
    every: '20 minutes',
    offset: '3 minutes',
    ...small,
    retry: { delays: [] },
    pauseAfter: false,
  }),
  'close-the-day': schedule<typeof import('./jobs/close-the-day.ts')>({
    cron: '30 2 * * ? *',
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
