import { type Command, InvalidArgumentError, Option } from 'commander';
import { ORDERS, RERUNS } from '../core/operations/backfill-plan.ts';
import { RETENTION_DAYS } from '../core/run/states.ts';
import { length, moment, momentOrLength } from './moments.ts';
import { count, json, verb } from './verb.ts';

const WHY = 'why, for the audit';

/** What changes something. */
export function addActing(program: Command): void {
  verb(
    program,
    'trigger <job>',
    'run it now; it obeys the lock, a pause and the overlap, as any run',
    [
      'punctual trigger send-reminders --wait',
      `punctual trigger send-reminders --payload '{"daysAhead": 7}' --reason 'the mail server was down'`,
    ],
    () => import('./verbs/trigger.ts'),
  )
    .option('--payload <json>', 'what it is called with; default what the list says', json)
    .option('--wait', 'follow it to its end, its retries too; exit code 1 where it did not succeed')
    .option('--reason <text>', WHY);
  verb(
    program,
    'retry <job> <tick>',
    'run a tick again that failed, or was missed or skipped',
    ['punctual retry send-reminders 2026-03-01T09:00Z --wait'],
    () => import('./verbs/retry.ts'),
  )
    .option('--wait', 'follow it to its end; exit code 1 where it did not succeed')
    .option('--reason <text>', WHY);
  verb(
    program,
    'pause [job]',
    'skip its ticks until it is resumed; what runs goes on, and a deploy changes nothing',
    [
      `punctual pause send-reminders --reason 'the mail server moves' --until 2h`,
      `punctual pause --all --reason 'the database moves' --yes`,
    ],
    () => import('./verbs/pause.ts'),
  )
    .requiredOption('--reason <text>', 'why; every skipped tick leads to it', reason)
    .option(
      '--until <time>',
      'when it ends by itself: a time, or a length such as 2h',
      momentOrLength,
    )
    .option('--all', 'every job of the list')
    .option('--yes', 'do not ask');
  verb(
    program,
    'resume [job]',
    'let it run again, and forget its failures',
    ['punctual resume send-reminders', 'punctual resume --all'],
    () => import('./verbs/resume.ts'),
  )
    .option('--all', 'every job that is paused')
    .option('--reason <text>', WHY);
  verb(
    program,
    'unlock <job>',
    'free the lock of a holder that is dead, and close its run',
    ['punctual unlock send-reminders', 'punctual unlock send-reminders --force --yes'],
    () => import('./verbs/unlock.ts'),
  )
    .option('--holder <key>', 'of several only this one; punctual list shows them')
    .option('--force', 'also one that lives: its code goes on, and another run may start beside it')
    .option('--yes', 'do not ask')
    .option('--reason <text>', WHY);
  verb(
    program,
    'reset <job>',
    'forget the failures that would pause it',
    ['punctual reset send-reminders'],
    () => import('./verbs/reset.ts'),
  ).option('--reason <text>', WHY);
  verb(
    program,
    'prune',
    'delete old rows before their time',
    ['punctual prune --older-than 30d --status succeeded --dry-run'],
    () => import('./verbs/prune.ts'),
  )
    .requiredOption('--older-than <length>', 'such as 30d; at least 2d', length)
    .addOption(new Option('--status <status>', 'only these').choices(Object.keys(RETENTION_DAYS)))
    .option('--job <job>', 'only its; also one that has left the list')
    .option('--dry-run', 'only count')
    .option('--yes', 'do not ask')
    .option('--reason <text>', WHY);
  verb(
    program,
    'backfill <job>',
    'run the ticks of a past time; stopped, the same command takes it up again',
    [
      'punctual backfill import-invoices --from 2026-03-01 --to 2026-03-08 --dry-run',
      'punctual backfill import-invoices --from 2026-03-01 --to 2026-03-08 --order newest --rerun failed',
    ],
    () => import('./verbs/backfill.ts'),
  )
    .requiredOption('--from <time>', 'the first tick is not before it', moment)
    .requiredOption('--to <time>', 'the last tick is before it', moment)
    .addOption(new Option('--order <order>', 'what runs first').choices(ORDERS).default('oldest'))
    .addOption(
      new Option('--concurrency <n>', "how many at once; never more than the job's own")
        .argParser(count)
        .default(1),
    )
    .addOption(
      new Option(
        '--rerun <which>',
        'besides ticks without a row: none; failed, all that ended without success; all, also what waits for a retry. A success never runs again',
      )
        .choices(RERUNS)
        .default('none'),
    )
    .option('--dry-run', 'only say which ticks would run')
    .option('--yes', 'do not ask, also for more than 100')
    .option('--reason <text>', WHY);
}

/** Whoever meets a skipped tick reads it. */
function reason(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Write why.');
}
