/** Jobs that together make every kind of call there is. */
import { type Groups, type Schedules, schedule } from '../../../core/schedule/settings.ts';

const small = { timeout: '1 minute', memory: 128, retry: { delays: ['1 minute'] } } as const;

export const groups: Groups = { press: { limit: 1 } };

export const schedules: Schedules = {
  'send-mail': schedule<typeof import('./jobs/send-mail.ts')>({
    ...small,
    every: '5 minutes',
    access: ['application', 'email'],
  }),
  fails: schedule<typeof import('./jobs/fails.ts')>({
    ...small,
    every: '10 minutes',
    pauseAfter: 1,
  }),
  dies: schedule<typeof import('./jobs/dies.ts')>({ ...small, every: '10 minutes' }),
  // Both at once: one waits, and the other calls it.
  'first-edition': schedule<typeof import('./jobs/print.ts')>({
    ...small,
    cron: '0/10 * * * ? *',
    handler: 'print',
    group: 'press',
  }),
  'late-edition': schedule<typeof import('./jobs/print.ts')>({
    ...small,
    cron: '0/10 * * * ? *',
    handler: 'print',
    group: 'press',
  }),
  linger: schedule<typeof import('./jobs/linger.ts')>({
    ...small,
    cron: '0 0 * * ? 2025',
    payload: { seconds: 0 },
  }),
};
