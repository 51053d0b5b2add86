import { type Schedules, schedule } from '../core/schedule/settings.ts';

/**
 * The jobs: which runs when, within which limits. The key is the job's name and the name of its
 * file in `functions/jobs`. All settings and their defaults: `core/schedule/settings.ts`.
 *
 * These seven are the jobs of a build server, as an example: replace them with yours. Their
 * offsets keep them from starting together.
 */
export const schedules: Schedules = {
  'update-stuck-builds': schedule<typeof import('../functions/jobs/update-stuck-builds.ts')>({
    every: '10 minutes',
    access: ['application'],
    description: 'Builds that run for more than 30 minutes become failed: stuck',
  }),

  'reconnect-websockets': schedule<typeof import('../functions/jobs/reconnect-websockets.ts')>({
    every: '5 minutes',
    offset: '1 minute',
    access: ['application'],
    description: 'Pings the sockets on record and asks the dead ones to reconnect',
  }),

  'reconnect-workers': schedule<typeof import('../functions/jobs/reconnect-workers.ts')>({
    every: '8 minutes',
    offset: '2 minutes',
    access: ['application'],
    description: 'Asks the build workers whose heartbeat stopped to reconnect',
  }),

  'send-build-complete-emails': schedule<
    typeof import('../functions/jobs/send-build-complete-emails.ts')
  >({
    every: '10 minutes',
    offset: '3 minutes',
    access: ['application', 'email'],
    description: 'One e-mail a finished build',
  }),

  'update-expired-licenses': schedule<
    typeof import('../functions/jobs/update-expired-licenses.ts')
  >({
    every: '1 hour',
    offset: '5 minutes',
    access: ['application'],
    description: 'Licences past their date become expired',
  }),

  'send-build-failed-emails': schedule<
    typeof import('../functions/jobs/send-build-failed-emails.ts')
  >({
    every: '10 minutes',
    offset: '6 minutes',
    access: ['application', 'email'],
    description: 'One e-mail a failed build',
  }),

  'send-license-expiry-warnings': schedule<
    typeof import('../functions/jobs/send-license-expiry-warnings.ts')
  >({
    cron: '0 9 * * ? *',
    timeZone: 'UTC',
    payload: { daysAhead: [30, 7, 1] },
    access: ['application', 'email'],
    description: 'One warning a licence 30, 7 and 1 days ahead',
  }),
};
