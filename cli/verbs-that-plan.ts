import type { Command } from 'commander';
import { json, offline, verb } from './verb.ts';

/** What looks ahead: at the list of this folder, and at old crontabs. */
export function addPlanning(program: Command): void {
  // It finds the cloud itself: where nothing is deployed yet, everything is new.
  offline(
    program,
    'plan',
    'what a deploy would change: ticks, starts per minute, cost per month',
    ['punctual plan --stage prod', 'punctual plan --schedules other/schedules.ts --fresh'],
    () => import('./verbs/plan.ts'),
  )
    .option('--schedules <path>', 'another list than infra/schedules.ts')
    .option('--fresh', 'compares with nothing, without a cloud');

  offline(
    program,
    'import <format> <file>',
    'turns a crontab, or a dump of APScheduler, into entries of the list',
    [
      'punctual import crontab old.crontab --time-zone Europe/Oslo',
      'crontab -l | punctual import crontab - --stubs functions/jobs',
      'punctual import apscheduler jobs.json',
    ],
    () => import('./verbs/import.ts'),
  )
    .option('--time-zone <zone>', 'where the times are read that name no zone; default UTC')
    .option('--users', 'each line names a user before its command, as /etc/crontab does')
    .option('--stubs <folder>', 'writes a file for the code of each job, where there is none');

  verb(
    program,
    'schedule <do> [job] [name]',
    'add, list or remove schedules of a job beside the list: a tenant of its own, a single time',
    [
      `punctual schedule add send-reminders acme --cron '0 7 * * ? *' --time-zone Europe/Oslo --payload '{"tenant": "acme"}'`,
      'punctual schedule add import-invoices once-more --at 2026-12-24T18:00',
      'punctual schedule list',
      'punctual schedule remove send-reminders acme',
    ],
    () => import('./verbs/schedule.ts'),
  )
    .option('--cron <fields>', "EventBridge's six fields")
    .option('--every <length>', "an interval that divides a day, such as '10 minutes'")
    .option('--offset <length>', 'shifts an interval')
    .option('--at <time>', 'once, a local time such as 2026-12-24T18:00')
    .option('--time-zone <zone>', 'where --cron and --at are read; default UTC')
    .option('--payload <json>', 'what its runs are called with; default nothing', json)
    .option('--reason <text>', 'why, for the audit');
}
