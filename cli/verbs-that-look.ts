import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Status } from '../core/run/states.ts';
import { length, moment } from './moments.ts';
import { count, countTo, offline, verb } from './verb.ts';

const STATUSES: readonly Status[] = [
  'succeeded',
  'failed',
  'timed_out',
  'crashed',
  'skipped',
  'missed',
];

/** Ticks that `next` shows: each is computed, of each job so many. */
const MOST_TICKS = 1_000;

/** Milliseconds: a look asks for every job, and the next would only wait for it. */
const SHORTEST_LOOK = 1_000;

/** What changes nothing. */
export function addLooking(program: Command): void {
  verb(
    program,
    'list',
    'the jobs: state, next tick, last run, schedule',
    ['punctual list --stage prod'],
    () => import('./verbs/list.ts'),
  );
  verb(
    program,
    'next [job]',
    'the next ticks, in UTC and in the zone of the job; what daylight saving does to them',
    ['punctual next', 'punctual next close-the-day --count 3 --from 2026-03-28T00:00Z'],
    () => import('./verbs/next.ts'),
  )
    .option('--count <n>', `how many, up to ${MOST_TICKS}`, countTo(MOST_TICKS), 10)
    .option('--from <time>', 'from then on, such as 2026-03-28T00:00Z; default now', moment);
  verb(
    program,
    'runs [job]',
    'what became of the last ticks, newest first',
    ['punctual runs', 'punctual runs import-invoices --status failed --since 30d'],
    () => import('./verbs/runs.ts'),
  )
    .addOption(new Option('--status <status>', 'only these').choices(STATUSES))
    .option('--since <duration>', 'not older than, such as 24h or 30d', length)
    .option('--limit <n>', 'so many at most', count, 20);
  verb(
    program,
    'show <job> <tick>',
    'one run: its attempts, error, output, times, who asked for it, where its log is',
    ['punctual show import-invoices 2026-03-01T09:03Z'],
    () => import('./verbs/show.ts'),
  );
  verb(
    program,
    'logs <job> [tick]',
    'the lines that a job wrote, or one of its runs',
    ['punctual logs import-invoices --follow', 'punctual logs import-invoices 2026-03-01T09:03Z'],
    () => import('./verbs/logs.ts'),
  )
    .option('--since <duration>', 'not older than, such as 15m or 24h', length, 3_600_000)
    .option('--follow', 'go on with what comes, until Ctrl-C');
  verb(
    program,
    'health',
    'whether jobs run; exit code 0 healthy, 1 degraded, 2 failing',
    ['punctual health --stage prod || page-somebody'],
    () => import('./verbs/health.ts'),
  );
  verb(
    program,
    'watch',
    'a live screen: what runs, what is next, what went wrong; q ends it',
    ['punctual watch', 'punctual watch --json | tee events.jsonl'],
    () => import('./verbs/watch.ts'),
  ).option('--every <duration>', 'how often it looks; default 1s, against AWS 10s', every);
  offline(
    program,
    'completion <shell>',
    'a script that completes verbs, options and jobs: bash, zsh or fish',
    ['source <(npx punctual completion bash)'],
    () => import('./verbs/completion.ts'),
  );
}

function every(text: string): number {
  const ms = length(text);
  if (ms >= SHORTEST_LOOK) return ms;
  throw new InvalidArgumentError('Write at least 1s.');
}
