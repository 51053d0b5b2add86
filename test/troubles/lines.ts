import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { News } from '../../core/run/alert.ts';
import { LOGS } from '../../local/logs.ts';

/** One line of a function's log. */
export interface Line {
  /** The job, or the operator, that the function is of. */
  log: string;
  level: string;
  message: string;
  /** ISO 8601. */
  timestamp: string;
  job?: string;
  /** The sweeper's: what it told people in one message. */
  alert?: { kind: News['kind']; job: string; news: Pick<News, 'tick' | 'why'>[] };
  [more: string]: unknown;
}

/** What the functions of a local cloud logged; not what is no line of the logger (metrics, a crash's last words). */
export function linesIn(root: string): Line[] {
  return readdirSync(join(root, LOGS)).flatMap((file) =>
    readFileSync(join(root, LOGS, file), 'utf8')
      .split('\n')
      .filter((text) => text.startsWith('{') && text.includes('"level"'))
      .map((text) => ({ log: file.replace(/\.log$/, ''), ...JSON.parse(text) })),
  );
}

/** What people were told of a job, in order of time and tick, as `kind tick`. */
export function alertsOf(lines: readonly Line[], job: string, kind?: News['kind']): string[] {
  return lines
    .filter(({ message }) => message.startsWith('alert: '))
    .flatMap(({ alert, timestamp }) => (alert ? [{ ...alert, timestamp }] : []))
    .filter((alert) => alert.job === job && (kind === undefined || alert.kind === kind))
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    .flatMap((alert) =>
      alert.news.map(({ tick }) => [alert.kind, tick?.slice(11)].filter(Boolean).join(' ')),
    );
}
