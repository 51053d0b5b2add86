/**
 * Jobs of a shop, some of them in trouble: what the console has to show. To look at it by hand:
 * `npm start -- --schedules test/browser/schedules.ts`
 */
import { type Schedules, schedule } from '../../core/schedule/settings.ts';

const small = { timeout: '30 seconds', memory: 128 } as const;

export const schedules: Schedules = {
  'send-reminders': schedule<typeof import('./jobs/send-reminders.ts')>({
    cron: '0/10 * * * ? *',
    ...small,
    description: 'Reminds customers of what they left in their basket',
  }),
  'import-invoices': schedule<typeof import('./jobs/import-invoices.ts')>({
    every: '20 minutes',
    offset: '3 minutes',
    ...small,
    retry: { delays: ['1 minute', '5 minutes'] },
    description: 'Takes over the invoices of the last twenty minutes',
  }),
  'sync-stock': schedule<typeof import('./jobs/sync-stock.ts')>({
    every: '15 minutes',
    offset: '7 minutes',
    ...small,
    retry: { delays: [] },
    pauseAfter: false,
    description: 'Tells the shop what is in store',
  }),
  'read-feed': schedule<typeof import('./jobs/read-feed.ts')>({
    cron: '0/30 * * * ? *',
    ...small,
    retry: { delays: [] },
    pauseAfter: false,
    description: 'Reads a feed that anybody may write into',
  }),
  'rebuild-search': schedule<typeof import('./jobs/rebuild-search.ts')>({
    cron: '3 0/6 * * ? *',
    timeout: '1 minute',
    memory: 128,
    description: 'Makes the index of the search anew',
  }),
  'close-the-day': schedule<typeof import('./jobs/close-the-day.ts')>({
    cron: '30 2 * * ? *',
    timeZone: 'Europe/Oslo',
    ...small,
    catchUp: 'latest',
  }),
};
